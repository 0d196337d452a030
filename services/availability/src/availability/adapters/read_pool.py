"""Connections that only read, without a transaction around each statement."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from messaging.database import connect
from messaging.settings import PostgresSettings


@asynccontextmanager
async def read_pool(
    settings: PostgresSettings, *, connections: int
) -> AsyncGenerator["asyncpg.Pool[asyncpg.Record]"]:
    """Yield a pool whose connections go back as they are.

    Nothing is left to reset after single statements, and the reset would cost a round trip: a
    third of a request.
    """

    async def open_connection(*_: Any, **__: Any) -> Any:
        connection = await connect(settings, application_name="availability-reads")
        # Compiling a statement takes longer than any of these runs.
        await connection.execute("SET jit = off")
        await connection.execute("SET default_transaction_read_only = on")
        return connection

    async def leave_as_it_is(_: Any) -> None:
        pass

    pool = asyncpg.create_pool(
        min_size=1, max_size=connections, connect=open_connection, reset=leave_as_it_is
    )
    async with pool:
        yield pool
