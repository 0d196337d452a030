"""A connection on which nothing comes back any more is given up, and another one made."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress
from typing import Any, cast

import pytest
import pytest_asyncio
from journal.lab.eventually import eventually
from journal.lab.line import Line, open_line
from messaging import database as connecting
from messaging.clients import KafkaProducer
from messaging.connections import connections
from messaging.database import build_engine, build_sessions, connect, ping
from messaging.failure import Verdict, classify
from messaging.relay import OutboxRelay
from messaging.settings import PostgresSettings
from messaging.tables import create
from pydantic import SecretStr
from sqlalchemy import text

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def line(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Line]:
    monkeypatch.setattr(connecting, "ANSWER_SECONDS", 1.0)
    async with open_line(database) as line:
        yield line


@pytest.fixture
def settings(line: Line) -> PostgresSettings:
    return PostgresSettings(dsn=SecretStr(line.url), statement_timeout_seconds=1)


async def test_an_engine_gives_up_a_connection(line: Line, settings: PostgresSettings) -> None:
    engine = build_engine(settings, application_name="test", patient=False)
    sessions = build_sessions(engine)

    async def ask_twice() -> None:
        async with sessions.begin() as session:
            await session.execute(text("SELECT 1"))
            line.fall_silent()
            await session.execute(text("SELECT 1"))

    async with asyncio.timeout(30):
        with pytest.raises(TimeoutError) as silence:
            await ask_twice()
    async with asyncio.timeout(30):
        await ping(engine)
        await engine.dispose()
    assert classify(silence.value) is Verdict.TRANSIENT


async def test_a_command_may_let_a_statement_take_its_time(settings: PostgresSettings) -> None:
    engine = build_engine(settings, application_name="test")
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(text("SELECT pg_sleep(3)"))
    await engine.dispose()


async def test_lent_connections_are_replaced(line: Line, settings: PostgresSettings) -> None:
    async with (
        asyncio.timeout(30),
        connections(settings, most=1, application_name="test") as lent,
    ):
        await lent.fetch("SELECT 1")
        line.fall_silent()
        with pytest.raises(TimeoutError):
            await lent.fetch("SELECT 1")
        assert await lent.fetch("SELECT 1")


class Kafka:
    """Takes every record."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(
        self, topic: str, value: bytes, *, key: bytes, headers: Any
    ) -> asyncio.Future[Any]:
        del topic, value, headers
        self.keys.append(key)
        return asyncio.ensure_future(asyncio.sleep(0))


async def test_a_relay_publishes_again(
    database: str, line: Line, settings: PostgresSettings
) -> None:
    kafka = Kafka()

    async def write(key: str) -> None:
        await writer.execute(
            "INSERT INTO outbox (event_id, topic, key, headers)"
            " VALUES (gen_random_uuid(), 'notes', $1, '{}')",
            key,
        )

    async def published() -> set[bytes]:
        return set(kafka.keys)

    async with AsyncExitStack() as parts:
        direct = PostgresSettings(dsn=SecretStr(database))
        writer = await connect(direct, application_name="writer")
        parts.push_async_callback(writer.close)
        await create(writer.execute)
        engine = build_engine(settings, application_name="relay", patient=False)
        parts.push_async_callback(engine.dispose)
        relay = OutboxRelay(engine, settings, lambda: cast("KafkaProducer", kafka))
        task = asyncio.create_task(relay.run())
        parts.push_async_callback(_cancelled, task)
        for key in ("before", "after"):
            await write(key)
            await eventually(published, lambda seen, key=key: key.encode() in seen, within=30)
            line.fall_silent()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
