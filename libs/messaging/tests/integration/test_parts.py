"""A batch is handled as a whole, but for what in it cannot be read or handled."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest
import pytest_asyncio
from entente_contracts import decode
from journal.lab.records import consumed, note_record
from journal.messages import NOTES, Noted
from messaging.clients import KafkaProducer, Record, RecordHeaders
from messaging.consumer import BatchConsumer
from messaging.database import build_engine, build_sessions
from messaging.dead_letter import DeadLetters
from messaging.delivery import Arrival, Decoder, Delivery, UnreadableRecordError
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
        self.reasons: list[str] = []

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

    async def send_and_wait(
        self, topic: str, value: bytes | None = None, *, headers: RecordHeaders, **_: Any
    ) -> None:
        del topic
        self.dead.append(value)
        self.reasons += [it.decode() for name, it in headers if name == "x-dead-letter-detail"]


def stumbling(ce_type: str, value: bytes) -> object:
    """Decode a body, with an error of its own kind for some that cannot be."""
    for spoilt, error in STUMBLES.items():
        if value == spoilt:
            raise error
    return decode(ce_type, value)


STUMBLES: Mapping[bytes, Exception] = {
    b"bytes": UnicodeDecodeError("utf-8", b"guest@example.org", 0, 1, "guest@example.org"),
    b"depth": RecursionError("guest@example.org"),
    b"value": ValueError("guest@example.org"),
}

Process = Callable[..., Any]


@pytest_asyncio.fixture
async def process(database: str) -> AsyncGenerator[Process]:
    """Yield what has a reader handle records."""
    engine = build_engine(PostgresSettings(dsn=SecretStr(database)), application_name="test")
    async with engine.begin() as connection:
        await create(lambda statement: connection.execute(text(statement)))

    async def process(
        reader: Reader, records: Sequence[Record], decoder: Decoder = decode
    ) -> Progress:
        consumer = BatchConsumer(
            NOTES, group="reader", accepts=[Noted], handler=reader.handle, decoder=decoder
        )
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


async def test_whatever_a_decoder_stumbles_over_is_a_dead_letter(process: Process) -> None:
    reader, records = Reader(), notes(5)
    for place, value in zip((0, 2, 3), STUMBLES, strict=True):
        records[place] = replace(records[place], value=value)

    assert await process(reader, records, stumbling) == Progress(5)

    assert reader.given == [ids(1), ids(4)]
    assert reader.dead == [*STUMBLES]
    assert reader.reasons == [f"unreadable: {type(error).__name__}" for error in STUMBLES.values()]
