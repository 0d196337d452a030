"""The inbox forgets what no redelivery can reach, and nothing else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from messaging import inbox
from messaging.database import build_engine, build_sessions
from messaging.settings import PostgresSettings
from messaging.tables import create
from pydantic import SecretStr
from sqlalchemy import text

pytestmark = pytest.mark.integration


async def test_only_old_claims_are_forgotten(database: str) -> None:
    engine = build_engine(PostgresSettings(dsn=SecretStr(database)), application_name="test")
    sessions = build_sessions(engine)
    async with engine.begin() as connection:
        await create(lambda statement: connection.execute(text(statement)))
    old, young = uuid4(), uuid4()
    async with sessions.begin() as session:
        assert await inbox.claim(session, "reader", [old, young]) == {old, young}
        await session.execute(
            text("UPDATE inbox SET received_at = now() - interval '101 days' WHERE event_id = :id"),
            {"id": old},
        )

    assert await inbox.purge(sessions, older_than=timedelta(days=100)) == 1

    async with sessions.begin() as session:
        assert await inbox.claim(session, "reader", [old, young]) == {old}
    await engine.dispose()
