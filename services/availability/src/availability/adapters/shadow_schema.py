"""A second schema with the projection's tables, and the change of names that makes it live."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from availability.adapters.tables import LIVE, PROJECTION

SHADOW = "projection_shadow"
_RETIRED = "projection_retired"

_OPTIONS = text(
    "SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = CAST(:name AS regclass)"
)


async def create(connection: AsyncConnection) -> None:
    """Make the shadow's tables like the live ones, whatever migrations have made of those."""
    await connection.execute(text(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE"))
    await connection.execute(text(f"CREATE SCHEMA {SHADOW}"))
    for table in PROJECTION:
        live, shadow = f"{LIVE}.{table.name}", f"{SHADOW}.{table.name}"
        await connection.execute(text(f"CREATE TABLE {shadow} (LIKE {live} INCLUDING ALL)"))
        options = (await connection.execute(_OPTIONS, {"name": live})).scalar_one()
        if options:
            await connection.execute(text(f"ALTER TABLE {shadow} SET ({options})"))


async def take_time(connection: AsyncConnection) -> None:
    """Let the statements of this transaction run for as long as large tables need."""
    await connection.execute(text("SET LOCAL statement_timeout = 0"))


async def analyze(connection: AsyncConnection) -> None:
    """Make the planner's statistics of the shadow's tables."""
    names = ", ".join(f"{SHADOW}.{table.name}" for table in PROJECTION)
    await connection.execute(text(f"ANALYZE {names}"))


async def switch(connection: AsyncConnection) -> None:
    """Give the shadow the live schema's name.

    No reader waits: a statement that runs keeps the tables it began with, the next one finds the
    new ones under their names.
    """
    await connection.execute(text(f"ALTER SCHEMA {LIVE} RENAME TO {_RETIRED}"))
    await connection.execute(text(f"ALTER SCHEMA {SHADOW} RENAME TO {LIVE}"))


async def drop_retired(connection: AsyncConnection) -> None:
    """Drop the tables that were live; waits for statements that still read them."""
    await connection.execute(text(f"DROP SCHEMA IF EXISTS {_RETIRED} CASCADE"))
