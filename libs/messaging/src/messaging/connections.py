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
    """Up to `most` connections, opened when they are needed; `server_settings` are PostgreSQL's."""

    def __init__(
        self,
        settings: PostgresSettings,
        *,
        most: int,
        application_name: str,
        **server_settings: str,
    ) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(most)
        self._idle: list[Any] = []
        # Compiling or planning a statement once more takes as long as it runs.
        self._server_settings = {
            "application_name": application_name,
            "jit": "off",
            "plan_cache_mode": "force_generic_plan",
            **server_settings,
        }

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
        return await connect(self._settings, patient=False, **self._server_settings)


@asynccontextmanager
async def connections(
    settings: PostgresSettings, *, most: int, application_name: str, **server_settings: str
) -> AsyncGenerator[Connections]:
    """Yield connections that are closed at the end."""
    opened = Connections(settings, most=most, application_name=application_name, **server_settings)
    try:
        yield opened
    finally:
        await opened.close()
