"""A batch is handled as a whole, but for what in it cannot be read or handled."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, cast
from uuid import UUID

import pytest
import pytest_asyncio
from journal.lab.records import consumed, note_record
from journal.messages import NOTES, Noted
from messaging.clients import KafkaProducer, Record
from messaging.consumer import BatchConsumer
from messaging.database import build_engine, build_sessions
from messaging.dead_letter import DeadLetters
from messaging.delivery import Arrival, Delivery, UnreadableRecordError
from messaging.processing import Progress, RecordProcessor
from messaging.settings import PostgresSettings
from messaging.tables import create
from messaging.telemetry import Processing
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.integration

_REFUSED = "refused"


class Reader:
    """Keeps what it is given at once, and refuses some of it."""

    def __init__(self) -> None:
        self.given: list[list[UUID]] = []
        self.dead: list[bytes | None] = []

    async def handle(self, arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        del session
        notes = [
            it.message
            for it in arrivals
            if isinstance(it, Delivery) and isinstance(it.message, Noted)
        ]
        if any(note.text == _REFUSED for note in notes):
            raise UnreadableRecordError("refused", "by the test")
        self.given.append([note.note_id for note in notes])

    async def send_and_wait(self, topic: str, value: bytes | None = None, **_: Any) -> None:
        del topic
        self.dead.append(value)


Process = Callable[[Reader, Sequence[Record]], Any]


@pytest_asyncio.fixture
async def process(database: str) -> AsyncGenerator[Process]:
    """Yield what has a reader handle records."""
    engine = build_engine(PostgresSettings(dsn=SecretStr(database)), application_name="test")
    async with engine.begin() as connection:
        await create(lambda statement: connection.execute(text(statement)))

    async def process(reader: Reader, records: Sequence[Record]) -> Progress:
        consumer = BatchConsumer(NOTES, group="reader", accepts=[Noted], handler=reader.handle)
        processor = RecordProcessor(
            consumer,
            sessions=build_sessions(engine),
            dead_letters=DeadLetters(consumer, cast("KafkaProducer", reader)),
            processing=Processing("test", parent_max_age_seconds=3600),
        )
        return await processor.process(records, asyncio.Event())

    yield process
    await engine.dispose()


def notes(count: int, *, refused: Sequence[int] = (), spoilt: Sequence[int] = ()) -> list[Record]:
    """Return the records of `count` notes; some of them will be refused, others cannot be read."""
    records: list[Record] = []
    for number in range(count):
        value, headers = note_record(UUID(int=number), _REFUSED if number in refused else "")
        if number in spoilt:
            value = b"{"
        records.append(consumed(value, [*headers.items()], offset=number))
    return records


def ids(*numbers: int) -> list[UUID]:
    return [UUID(int=number) for number in numbers]


async def test_what_cannot_be_read_leaves_the_others_together(process: Process) -> None:
    reader, records = Reader(), notes(9, spoilt=[0, 3, 4])

    assert await process(reader, records) == Progress(9)

    assert reader.given == [ids(1, 2), ids(5, 6, 7, 8)]
    assert reader.dead == [records[it].value for it in (0, 3, 4)]


async def test_what_cannot_be_handled_is_found_one_by_one(process: Process) -> None:
    reader, records = Reader(), notes(4, refused=[2])

    assert await process(reader, records) == Progress(4)

    assert reader.given == [ids(0), ids(1), ids(3)]
    assert reader.dead == [records[2].value]
