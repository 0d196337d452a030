"""Ways to bring a topic's events into the journal's tables: as deployed, and with raw clients."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Generator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer  # noqa: TID251  # the bare client is the floor
from entente_contracts import Topic
from journal.messages import Noted
from messaging.broker import build_broker
from messaging.clients import Record
from messaging.consumer import BatchConsumer
from messaging.database import build_sessions, ping
from messaging.dead_letter import DeadLetters
from messaging.delivery import Arrival, Delivery
from messaging.processing import RecordProcessor
from messaging.settings import KafkaSettings, PostgresSettings
from messaging.subscription import Subscription
from messaging.telemetry import Processing
from opentelemetry.trace import Span
from sqlalchemy import ARRAY, Integer, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from stack.polling import becomes_true

from bench import servers
from bench.stopwatch import Stopwatch

_BATCH = 500
_LOOK_SECONDS = 0.001

_CLAIM = """
    INSERT INTO inbox (consumer, event_id) SELECT 'bench', unnest($1::uuid[])
    ON CONFLICT DO NOTHING RETURNING event_id
"""
_UPSERT = """
    INSERT INTO latest (note_id, number)
    SELECT * FROM unnest({note_ids}, {numbers}) AS change (note_id, number)
    ON CONFLICT (note_id) DO UPDATE SET number = excluded.number
    WHERE latest.number < excluded.number
"""
_RAW_UPSERT = _UPSERT.format(note_ids="$1::uuid[]", numbers="$2::int[]")
_SESSION_UPSERT = text(_UPSERT.format(note_ids=":note_ids", numbers=":numbers")).bindparams(
    bindparam("note_ids", type_=ARRAY(Uuid)), bindparam("numbers", type_=ARRAY(Integer))
)
_CLAIM_AND_UPSERT = """
    WITH claim AS (
        INSERT INTO inbox (consumer, event_id) VALUES ('bench', $1)
        ON CONFLICT DO NOTHING RETURNING event_id
    )
    INSERT INTO latest (note_id, number) SELECT $2::uuid, $3::int FROM claim
    ON CONFLICT (note_id) DO UPDATE SET number = excluded.number
    WHERE latest.number < excluded.number
"""


class Onlooker:
    """Is told how a drain goes on; this one does not care."""

    async def ready(self) -> None:
        """Note that the partitions are assigned."""

    def applied(self, event_ids: Iterable[UUID]) -> None:
        """Note that the effects of these events have just been committed."""


NOBODY = Onlooker()


class Projection(ABC):
    """Consumes one topic; its group keeps its place from one drain to the next."""

    def __init__(self, kafka: KafkaSettings, postgres: PostgresSettings, topic: Topic) -> None:
        self._kafka = kafka
        self._postgres = postgres
        self._topic = topic

    @abstractmethod
    async def drain(self, count: int, onlooker: Onlooker = NOBODY) -> float:
        """Handle the next `count` records; return the seconds from assignment to last commit."""

    @asynccontextmanager
    async def _raw_consumer(self) -> AsyncGenerator[Any]:
        client: Any = AIOKafkaConsumer(
            self._topic.name,
            bootstrap_servers=self._kafka.bootstrap_servers,
            group_id=servers.GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        await client.start()
        try:
            await _assigned(client)
            yield client
        finally:
            await client.stop()


class RawRecords(Projection):
    """One record, one statement that claims and applies it; the offsets at the end."""

    async def drain(self, count: int, onlooker: Onlooker = NOBODY) -> float:
        """Handle record by record."""
        async with (
            servers.connection(self._postgres) as connection,
            self._raw_consumer() as client,
        ):
            await onlooker.ready()
            watch = Stopwatch()
            for _ in range(count):
                record: Record = await client.getone()
                note_id, number = _note_in(record)
                await connection.execute(_CLAIM_AND_UPSERT, _event_id(record), note_id, number)
                onlooker.applied([_event_id(record)])
            await client.commit()
            return watch.seconds


class RawBatches(Projection):
    """Up to 500 records, one transaction of two statements, one commit of the offsets."""

    async def drain(self, count: int, onlooker: Onlooker = NOBODY) -> float:
        """Handle batch by batch."""
        async with (
            servers.connection(self._postgres) as connection,
            self._raw_consumer() as client,
        ):
            await onlooker.ready()
            watch = Stopwatch()
            done = 0
            while done < count:
                fetched = await client.getmany(timeout_ms=1000, max_records=_BATCH)
                records = [record for batch in fetched.values() for record in batch]
                if not records:
                    continue
                async with connection.transaction():
                    await _apply(connection, records)
                onlooker.applied(map(_event_id, records))
                await client.commit()
                done += len(records)
            return watch.seconds


class Deployed(Projection):
    """A BatchConsumer with everything a service runs it with."""

    async def drain(self, count: int, onlooker: Onlooker = NOBODY) -> float:
        """Run the consumer until it has committed the offsets of `count` applied records."""
        processing = _Watched(count, onlooker)
        consumer = BatchConsumer(
            self._topic,
            group=servers.GROUP,
            accepts=[Noted],
            handler=_project,
            batch_size=_BATCH,
        )
        broker = build_broker(self._kafka, client_id="bench", drain_seconds=10)
        async with AsyncExitStack() as parts:
            engine = await parts.enter_async_context(servers.engine(self._postgres))
            await ping(engine)  # as a service does before it consumes
            producer = await parts.enter_async_context(servers.producer(self._kafka))
            processor = RecordProcessor(
                consumer,
                sessions=build_sessions(engine),
                dead_letters=DeadLetters(consumer, producer),
                processing=processing,
            )
            parts.push_async_callback(broker.stop)
            await broker.start()
            subscription = Subscription(broker, processor, processing=processing, kafka=self._kafka)
            await subscription.start()
            await _assigned(subscription.client)
            await onlooker.ready()
            watch = Stopwatch()
            await processing.done.wait()
            return watch.seconds


class _Watched(Processing):
    """Tells of effects, and when the offsets of all expected records are committed."""

    def __init__(self, expected: int, onlooker: Onlooker) -> None:
        super().__init__(servers.GROUP, parent_max_age_seconds=3600)
        self._missing = expected
        self._onlooker = onlooker
        self._attempted: Sequence[Arrival] = ()
        self.done = asyncio.Event()

    @contextmanager
    def of(self, arrivals: Sequence[Arrival], *, attempt: int) -> Generator[Span]:
        self._attempted = arrivals
        with super().of(arrivals, attempt=attempt) as span:
            yield span

    def count(self, topic: str, outcome: str, number: int = 1) -> None:
        super().count(topic, outcome, number)
        self._missing -= number
        if outcome == "applied":
            self._onlooker.applied(a.envelope.id for a in self._attempted if a.envelope)

    @contextmanager
    def committing(self, topic: str) -> Generator[None]:
        with super().committing(topic):
            yield
        if self._missing <= 0:
            self.done.set()


async def _assigned(client: Any) -> None:
    await becomes_true(lambda: bool(client.assignment()), every=_LOOK_SECONDS)


async def _project(arrivals: Sequence[Arrival], session: AsyncSession) -> None:
    numbers = {
        arrival.message.note_id: arrival.message.number
        for arrival in arrivals
        if isinstance(arrival, Delivery) and isinstance(arrival.message, Noted)
    }
    note_ids, last = _columns(sorted(numbers.items()))
    await session.execute(_SESSION_UPSERT, {"note_ids": note_ids, "numbers": last})


async def _apply(connection: Any, records: Sequence[Record]) -> None:
    claimed = {row[0] for row in await connection.fetch(_CLAIM, [*map(_event_id, records)])}
    numbers = dict(_note_in(record) for record in records if _event_id(record) in claimed)
    await connection.execute(_RAW_UPSERT, *_columns(sorted(numbers.items())))


def _columns(rows: Iterable[tuple[UUID, int]]) -> tuple[list[UUID], list[int]]:
    ids, numbers = zip(*rows, strict=True)
    return list(ids), list(numbers)


def _event_id(record: Record) -> UUID:
    return next(UUID(value.decode()) for name, value in record.headers if name == "ce_id")


def _note_in(record: Record) -> tuple[UUID, int]:
    body = json.loads(record.value or b"")
    return UUID(body["note_id"]), body["number"]
