"""The migrations make the tables that the code speaks of."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from connector.adapters.postgres.migrate import migrate, migrations
from connector.adapters.postgres.tables import metadata
from messaging.database import build_engine
from messaging.migrations import SchemaBehindError
from messaging.settings import PostgresSettings
from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.integration

BESIDE = {"inbox", "outbox", "alembic_version"}


async def test_two_runners_leave_the_schema_that_the_code_expects(database: str) -> None:
    settings = PostgresSettings(dsn=SecretStr(database))
    await asyncio.gather(migrate(settings), migrate(settings))
    await migrate(settings)

    engine = build_engine(settings, application_name="tests")
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


async def test_a_migration_does_not_wait_long_for_a_table_that_is_in_use(database: str) -> None:
    settings = PostgresSettings(dsn=SecretStr(database), migration_lock_seconds=0.2)
    await migrate(settings)
    engine = build_engine(settings, application_name="tests")
    async with engine.begin() as busy:
        await busy.execute(text("LOCK TABLE alembic_version"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await migrate(settings)
    await migrate(settings)
    await engine.dispose()


async def test_a_schema_that_is_behind_is_told_and_one_that_is_ahead_is_not(database: str) -> None:
    settings = PostgresSettings(dsn=SecretStr(database))
    engine = build_engine(settings, application_name="tests")
    with pytest.raises(SchemaBehindError, match="no revision"):
        await migrations.check(engine)
    await migrate(settings)
    await migrations.check(engine)
    await _pretend(engine, "0001")
    with pytest.raises(SchemaBehindError, match="0001"):
        await migrations.check(engine)
    await _pretend(engine, "of-a-later-version")
    await migrations.check(engine)
    await engine.dispose()


async def _pretend(engine: AsyncEngine, revision: str) -> None:
    async with engine.begin() as connection:
        statement = text("UPDATE alembic_version SET version_num = :revision")
        await connection.execute(statement, {"revision": revision})


def _differences(connection: Connection) -> list[object]:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and name in BESIDE)

    context = MigrationContext.configure(connection, opts={"include_name": ours})
    return list(compare_metadata(context, metadata))
