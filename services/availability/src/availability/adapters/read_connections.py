"""Connections that only read: single statements, without a transaction around them.

The driver's own pool resets connections and shields their return by a task, which costs a short
question a fifth of its time. Nothing has to be reset here, and a connection of which the state is
in doubt is closed.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from messaging.database import connect
from messaging.settings import PostgresSettings


class ReadConnections:
    """Up to a number of connections, opened when they are needed."""

    def __init__(self, settings: PostgresSettings, *, most: int) -> None:
        self._settings = settings
        self._turns = asyncio.Semaphore(most)
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
        connection = await connect(self._settings, application_name="availability-reads")
        # Compiling or planning a statement once more takes as long as it runs.
        await connection.execute("SET jit = off")
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute("SET default_transaction_read_only = on")
        return connection


@asynccontextmanager
async def read_connections(
    settings: PostgresSettings, *, most: int
) -> AsyncGenerator[ReadConnections]:
    """Yield connections that are closed at the end."""
    connections = ReadConnections(settings, most=most)
    try:
        yield connections
    finally:
        await connections.close()
