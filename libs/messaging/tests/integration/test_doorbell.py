"""A relay that sleeps is rung, one that is awake is not, and no row waits for a timer."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from journal.lab.eventually import eventually
from messaging import relay
from messaging.clients import RecordHeaders
from messaging.database import build_engine, connect
from messaging.doorbell import Doorbell
from messaging.relay import OutboxRelay
from messaging.settings import PostgresSettings
from messaging.tables import OUTBOX_CHANNEL, create
from pydantic import SecretStr

pytestmark = pytest.mark.integration

FOR_EVER = 3600.0


class Writer:
    """A connection that writes rows into the outbox."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def write(self, key: str) -> None:
        await self.connection.execute(
            "INSERT INTO outbox (event_id, topic, key, headers) VALUES ($1, 'notes', $2, '{}')",
            uuid4(),
            key,
        )


class Acknowledging:
    """A producer whose records arrive at once."""

    def __init__(self) -> None:
        self.keys: list[bytes | None] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        *,
        headers: RecordHeaders | None = None,
    ) -> asyncio.Future[Any]:
        del topic, value, headers
        self.keys.append(key)
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        acknowledged.set_result(None)
        return acknowledged

    async def send_and_wait(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


@pytest.fixture
def settings(database: str) -> PostgresSettings:
    return PostgresSettings(dsn=SecretStr(database))


@pytest_asyncio.fixture
async def writer(settings: PostgresSettings) -> AsyncGenerator[Writer]:
    connection = await connect(settings, application_name="writer")
    await create(connection.execute)
    yield Writer(connection)
    await connection.close()


@pytest_asyncio.fixture
async def bell(settings: PostgresSettings, writer: Writer) -> AsyncGenerator[Doorbell]:
    del writer
    async with running(Doorbell(settings)) as bell:
        yield bell


@asynccontextmanager
async def running(bell: Doorbell) -> AsyncGenerator[Doorbell]:
    task = asyncio.create_task(bell.run())
    try:
        yield bell
    finally:
        await cancelled(task)


@asynccontextmanager
async def heard(settings: PostgresSettings) -> AsyncGenerator[Sequence[str]]:
    """Yield the payloads that arrive on the channel of the outbox."""
    payloads: list[str] = []

    def note(*event: Any) -> None:
        payloads.append(event[-1])

    connection = await connect(settings, application_name="eavesdropper")
    await connection.add_listener(OUTBOX_CHANNEL, note)
    try:
        yield payloads
    finally:
        await connection.close()


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_writer_rings_once_the_bell_is_on(bell: Doorbell, writer: Writer) -> None:
    await eventually(bell.switch_on, bool)
    bell.clear()
    await writer.write("one")
    async with asyncio.timeout(30):
        await bell.wait(FOR_EVER)


async def test_a_writer_is_silent_while_the_bell_is_off(
    bell: Doorbell, writer: Writer, settings: PostgresSettings
) -> None:
    await eventually(bell.switch_on, bool)
    await bell.switch_off()
    async with heard(settings) as payloads:
        await writer.write("one")
        await writer.connection.execute(f"NOTIFY {OUTBOX_CHANNEL}, 'the end'")
        await eventually(lambda: asyncio.sleep(0, payloads), bool)
    assert payloads == ["the end"]


async def test_the_bell_stays_off_while_somebody_writes_who_was_told_not_to_ring(
    bell: Doorbell, writer: Writer
) -> None:
    await eventually(bell.switch_on, bool)
    await bell.switch_off()
    async with writer.connection.transaction():
        await writer.write("one")
        assert not await bell.switch_on()
    assert await bell.switch_on()


async def test_a_bell_that_is_off_hears_what_another_is_rung_for(
    bell: Doorbell, writer: Writer, settings: PostgresSettings
) -> None:
    await eventually(bell.switch_on, bool)
    async with running(Doorbell(settings)) as other:
        assert not await other.switch_on()
        await bell.switch_off()
        await eventually(other.switch_on, bool)
        bell.clear()
        await writer.write("one")
        async with asyncio.timeout(30):
            await bell.wait(FOR_EVER)


class RungByHand(Doorbell):
    """Rings without a writer, and so at a moment that a test chooses."""

    def ring(self) -> None:
        self._rung.set()


async def test_whoever_sleeps_can_be_stopped_just_as_it_rings(settings: PostgresSettings) -> None:
    bell = RungByHand(settings)

    async def sleep_for_ever() -> None:
        while True:
            bell.clear()
            await bell.wait(FOR_EVER)

    for steps_apart in range(5):
        sleeping = asyncio.create_task(sleep_for_ever())
        await asyncio.sleep(0.01)
        bell.ring()
        for _ in range(steps_apart):
            await asyncio.sleep(0)
        sleeping.cancel()
        _, still = await asyncio.wait([sleeping], timeout=5)
        assert not still, steps_apart


async def test_the_bell_of_a_relay_that_is_gone_is_off(
    bell: Doorbell, settings: PostgresSettings
) -> None:
    async with running(Doorbell(settings)) as gone:
        await eventually(gone.switch_on, bool)
        assert not await bell.switch_on()
    await eventually(bell.switch_on, bool)


async def test_a_relay_needs_no_timer_for_rows_that_nobody_rang_for(
    writer: Writer, settings: PostgresSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", FOR_EVER)
    producer = Acknowledging()
    async with AsyncExitStack() as parts:
        engine = build_engine(settings, application_name="relay")
        parts.push_async_callback(engine.dispose)
        transaction = writer.connection.transaction()
        await transaction.start()
        await writer.write("before the relay listened")
        task = asyncio.create_task(OutboxRelay(engine, settings, lambda: producer).run())
        parts.push_async_callback(cancelled, task)
        await asyncio.sleep(0.5)
        assert producer.keys == []
        await transaction.commit()
        await eventually(lambda: asyncio.sleep(0, producer.keys), bool)
        await asyncio.sleep(0.5)
        await writer.write("while it slept")
        await eventually(lambda: asyncio.sleep(0, producer.keys), lambda keys: len(keys) == 2)
