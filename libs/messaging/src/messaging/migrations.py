"""A service's schema: bringing the database to it, and telling whether it is there."""

from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.database import build_engine
from messaging.settings import PostgresSettings

# Two runners take turns; the second finds nothing left to do.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
# Whoever comes after a statement that waits for a table waits as well, readers included.
_LOCK_TIMEOUT = text("SELECT set_config('lock_timeout', :wait, true)")


class SchemaBehindError(Exception):
    """The database lacks migrations that this version of the service needs."""


@dataclass(frozen=True, slots=True)
class Migrations:
    """The Alembic scripts in the package `<service>.migrations`."""

    service: str

    async def run(self, settings: PostgresSettings) -> None:
        """Run every migration that is missing; harmless when run twice, or twice at once.

        Raises DBAPIError, with nothing changed, when a statement takes too long or another
        transaction keeps a table locked; to be tried again.
        """
        patient = {"statement_timeout_seconds": settings.migration_statement_seconds}
        engine = build_engine(
            settings.model_copy(update=patient), application_name=f"{self.service}-migrate"
        )
        lock_timeout = {"wait": f"{settings.migration_lock_seconds * 1000:.0f}ms"}
        try:
            async with engine.begin() as connection:
                await connection.execute(_LOCK, {"name": f"{self.service}.migrations"})
                await connection.execute(_LOCK_TIMEOUT, lock_timeout)
                await connection.run_sync(self._upgrade)
        finally:
            await engine.dispose()

    async def check(self, engine: AsyncEngine) -> None:
        """Raise SchemaBehindError while migrations are missing.

        A revision that this version does not know is a later one's: after a rollback the old code
        runs on the new schema.
        """
        scripts = ScriptDirectory.from_config(self._config())
        async with engine.connect() as connection:
            found = await connection.run_sync(_revision)
        known = {script.revision for script in scripts.walk_revisions()}
        if found is None or (found in known and found != scripts.get_current_head()):
            raise SchemaBehindError(f"{self.service}: the database is at {found or 'no revision'}")

    def _upgrade(self, connection: Connection) -> None:
        config = self._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    def _config(self) -> Config:
        config = Config()
        config.set_main_option("script_location", f"{self.service}:migrations")
        return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
