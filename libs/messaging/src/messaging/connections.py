"""Connections for single statements, each of which commits by itself.

The driver's own pool resets connections and shields their return by a task, which costs a short
statement a fifth of its time. Nothing has to be reset here, and a connection of which the state is
in doubt is closed.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from messaging.database import connect
from messaging.settings import PostgresSettings


class Connections:
    """Up to `pool_size` connections, opened when they are needed."""

    def __init__(self, settings: PostgresSettings, *, application_name: str) -> None:
        self._settings = settings
        self._application_name = application_name
        self._turns = asyncio.Semaphore(settings.pool_size)
        self._idle: list[Any] = []

    async def fetch(self, statement: str, *parameters: Any) -> Sequence[asyncpg.Record]:
        """Return a statement's rows; raises what the driver raises, DatabaseUnreachableError."""
        async with self._turns:
            connection = await self._connection()
            try:
                rows: Sequence[asyncpg.Record] = await connection.fetch(statement, *parameters)
            except asyncpg.PostgresError:
                self._idle.append(connection)
                raise
            except BaseException:
                connection.terminate()
                raise
            self._idle.append(connection)
            return rows

    async def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            await self._idle.pop().close()

    async def _connection(self) -> Any:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        # Compiling or planning a statement once more takes as long as it runs.
        return await connect(
            self._settings,
            application_name=self._application_name,
            jit="off",
            plan_cache_mode="force_generic_plan",
        )


@asynccontextmanager
async def connections(
    settings: PostgresSettings, *, application_name: str
) -> AsyncGenerator[Connections]:
    """Yield connections that are closed at the end."""
    opened = Connections(settings, application_name=application_name)
    try:
        yield opened
    finally:
        await opened.close()
