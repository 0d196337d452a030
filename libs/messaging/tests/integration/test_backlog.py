"""The relay tells how much waits in the outbox, and for how long."""

from uuid import uuid4

import pytest
from messaging.database import build_engine, connect
from messaging.relay import Backlog, OutboxRelay
from messaging.settings import PostgresSettings
from messaging.tables import create
from pydantic import SecretStr

pytestmark = pytest.mark.integration

_INSERT = """
    INSERT INTO outbox (event_id, topic, key, headers, created_at)
    VALUES ($1, 'notes', 'a', '{}', now() - make_interval(secs => $2))
"""


async def test_the_backlog_is_what_waits_and_the_age_that_of_the_oldest(database: str) -> None:
    settings = PostgresSettings(dsn=SecretStr(database))
    engine = build_engine(settings, application_name="relay")
    relay = OutboxRelay(engine, settings, pytest.fail)
    connection = await connect(settings, application_name="writer")
    try:
        await create(connection.execute)
        assert await relay.backlog() == Backlog(0, 0.0)
        for age in (5, 60, 1):  # not in the order of their ids: rows of one moment seldom are
            await connection.execute(_INSERT, uuid4(), age)
        found = await relay.backlog()
        assert found.pending == 3
        assert 60 <= found.oldest_seconds < 120
    finally:
        await connection.close()
        await engine.dispose()
