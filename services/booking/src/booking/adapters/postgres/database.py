"""Statements through the driver: one at a time, or within a session's transaction.

What a booking needs is one statement per transition; on a connection that commits by itself it
takes one round trip (SQLAlchemy would add a BEGIN, a COMMIT and its own time).
"""

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Protocol

import asyncpg
from messaging.connections import Connections
from sqlalchemy.ext.asyncio import AsyncSession

from booking.application.errors import KeyInUseError, SlotTakenError, SlugTakenError, StorageError

_ATTEMPTS = 5
_PAUSE_SECONDS = 0.02
_TURNED_AWAY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_UNREACHABLE = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
_CONSTRAINTS = {"idempotency_key_pkey": KeyInUseError, "meeting_type_slug": SlugTakenError}

Row = Any
"""A record of the driver: columns by name."""


class Database(Protocol):
    """Runs one statement; errors are the application's."""

    async def fetch(self, statement: str, *values: Any) -> Sequence[Row]:
        """Return the rows. Raises StorageError, or what the violated constraint means."""
        ...


class PooledDatabase:
    """Each statement commits by itself; turned away by a rival, it is tried again a few times."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def fetch(self, statement: str, *values: Any) -> Sequence[Row]:
        """Return the rows."""
        for attempt in range(_ATTEMPTS):
            try:
                return await self._connections.fetch(statement, *values)
            except _TURNED_AWAY:
                await asyncio.sleep(
                    _PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311  # jitter
                )
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                raise _translated(error) from error
        raise StorageError(f"turned away {_ATTEMPTS} times")


class SessionDatabase:
    """Statements within the transaction that a session has begun.

    SQLAlchemy's connections decode JSON by themselves: documents are selected as text.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def fetch(self, statement: str, *values: Any) -> Sequence[Row]:
        """Return the rows."""
        connection = await self._session.connection()
        raw: Any = (await connection.get_raw_connection()).driver_connection
        try:
            return await raw.fetch(statement, *values)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise _translated(error) from error


def _translated(error: Exception) -> Exception:
    if isinstance(error, asyncpg.ExclusionViolationError):
        return SlotTakenError()
    if isinstance(error, asyncpg.UniqueViolationError):
        known = _CONSTRAINTS.get(getattr(error, "constraint_name", ""))
        return error if known is None else known("given already")
    if isinstance(error, (*_TURNED_AWAY, *_UNREACHABLE)):
        return StorageError(type(error).__name__)
    return error
