"""A connection on which nothing comes back any more is given up, and another one made."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
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
    """Takes every record, and acknowledges it unless it is `mute`."""

    def __init__(self, *, mute: bool = False) -> None:
        self.keys: list[bytes] = []
        self._mute = mute

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(
        self, topic: str, value: bytes, *, key: bytes, headers: Any
    ) -> asyncio.Future[Any]:
        del topic, value, headers
        self.keys.append(key)
        return asyncio.ensure_future(asyncio.sleep(3600 if self._mute else 0))

    async def took(self, key: str) -> None:
        """Wait until the relay sends an event of this key."""
        await eventually(lambda: asyncio.sleep(0, self.keys), lambda keys: key.encode() in keys)


class Outbox:
    """The outbox of a relay, written to past the line."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def write(self, key: str) -> None:
        await self.connection.execute(
            "INSERT INTO outbox (event_id, topic, key, headers)"
            " VALUES (gen_random_uuid(), 'notes', $1, '{}')",
            key,
        )


@pytest_asyncio.fixture
async def outbox(database: str) -> AsyncGenerator[Outbox]:
    direct = PostgresSettings(dsn=SecretStr(database))
    connection = await connect(direct, application_name="writer")
    await create(connection.execute)
    yield Outbox(connection)
    await connection.close()


@asynccontextmanager
async def relaying(settings: PostgresSettings, kafka: Kafka) -> AsyncGenerator[None]:
    """Run a relay, and end it, which fails when that takes long."""
    engine = build_engine(settings, application_name="relay", patient=False)
    relay = OutboxRelay(engine, settings, lambda: cast("KafkaProducer", kafka))
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=30)
        assert task.cancelled()
        await engine.dispose()


async def test_a_relay_publishes_again(
    line: Line, settings: PostgresSettings, outbox: Outbox
) -> None:
    kafka = Kafka()
    async with relaying(settings, kafka):
        await outbox.write("before")
        await kafka.took("before")
        line.fall_silent()
        await outbox.write("after")
        await kafka.took("after")


@pytest.mark.parametrize("mute", [False, True])
async def test_a_relay_can_be_ended(
    line: Line, settings: PostgresSettings, outbox: Outbox, mute: bool
) -> None:
    kafka = Kafka(mute=mute)
    async with relaying(settings, kafka):
        await outbox.write("last")
        await kafka.took("last")
        line.fall_silent()
