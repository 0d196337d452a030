"""Know that a server is there."""

import asyncpg


async def answers(dsn: str) -> str | None:
    """Return None when a connection is accepted, else why not."""
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except (OSError, asyncpg.PostgresError) as error:
        return str(error) or type(error).__name__
    await connection.close()
    return None
