"""Bringing the database to the schema this version needs."""

from alembic import command
from alembic.config import Config
from messaging.database import build_engine
from messaging.settings import PostgresSettings
from sqlalchemy import Connection, text

_SCRIPTS = "notifier:migrations"
# Two runners take turns; the second finds nothing left to do.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('notifier.migrations', 0))")


async def migrate(settings: PostgresSettings) -> None:
    """Run every migration that is missing; harmless when run twice, or twice at once."""
    engine = build_engine(settings, application_name="notifier-migrate")
    try:
        async with engine.begin() as connection:
            await connection.execute(_LOCK)
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
