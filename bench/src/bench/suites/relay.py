"""The outbox relay against a bare producer that sends the same records (target 9)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Protocol, cast

from aiokafka import AIOKafkaProducer  # noqa: TID251  # the floor is the bare client
from entente_contracts import Topic
from faststream.kafka import KafkaBroker  # noqa: TID251  # the peer is FastStream by itself
from messaging import tracing
from messaging.broker import build_producer
from messaging.clients import KafkaProducer, Record
from messaging.relay import OutboxRelay
from messaging.settings import KafkaSettings, PostgresSettings, TelemetrySettings
from stack.stack import Stack

from bench import notes, servers
from bench.notes import Note
from bench.stopwatch import Stopwatch
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtLeast
from bench.topic_reader import TopicReader
from bench.waiting import until

_EVENTS = {Profile.SMOKE: 6_000, Profile.FULL: 20_000}
_IN_FLIGHT = 500
_ONE_BY_ONE_SHARE = 0.05
_BACKLOG = {Profile.SMOKE: 12_000, Profile.FULL: 300_000}
_SHORT_SHARE = {Profile.SMOKE: 0.2, Profile.FULL: 1 / 30}
_LOOK_SECONDS = 0.002

_IS_THERE = "SELECT true FROM outbox WHERE id = $1"

# Committed by another connection, it brings to disk what an open transaction has written so far.
_FLUSH = "SELECT pg_logical_emit_message(true, 'bench', '')"

RELAY = "relay"
BARE = "bare producer, 500 in flight"
BARE_AGAIN = "bare producer, again"
ONE_BY_ONE = "FastStream publish, one by one"
LONG = "relay, long backlog"
SHORT = "relay, short backlog"
SHORT_AGAIN = "relay, short backlog, again"

Answer = Mapping[str, Sequence[tuple[bytes, Mapping[str, str]]]]
"""What was published: by key, in order, each record's value and the event's own headers."""


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[Note, Answer]]]:
    """Yield the suites with their relay and producers connected."""
    kafka = await stack.start_kafka()
    settings = servers.kafka_settings(kafka)
    async with AsyncExitStack() as parts:
        parts.enter_context(tracing.configured("bench", TelemetrySettings()))
        postgres = await parts.enter_async_context(servers.journal_database(stack, "relay"))
        outbox = await parts.enter_async_context(_relayed_outbox(settings, postgres))
        producer = await parts.enter_async_context(_bare_producer(settings))
        broker = await parts.enter_async_context(
            KafkaBroker(settings.bootstrap_servers, acks="all", enable_idempotence=True)
        )

        async def arm(name: str, publisher: "Publisher", share: float = 1.0) -> Arm[Note, Answer]:
            topic = await servers.new_topic(kafka, f"relay.{len(topics)}")
            topics.append(topic)
            reader = TopicReader(kafka.bootstrap_servers, topic.name)

            async def measure(items: Sequence[Note]) -> Measurement[Answer]:
                seconds = await publisher.publish(topic.name, items)
                return Measurement(seconds / len(items), await _published(reader))

            return Arm(name, measure, share)

        topics: list[Topic] = []
        arms = [
            await arm(RELAY, outbox),
            await arm(BARE, Bare(producer)),
            await arm(BARE_AGAIN, Bare(producer)),
            await arm(ONE_BY_ONE, OneByOne(broker), _ONE_BY_ONE_SHARE),
        ]
        backlog = [
            await arm(LONG, outbox),
            await arm(SHORT, outbox, _SHORT_SHARE[profile]),
            await arm(SHORT_AGAIN, outbox, _SHORT_SHARE[profile]),
        ]
        suite = Suite(
            name="relay",
            arms=arms,
            control=(BARE, BARE_AGAIN),
            comparisons=[
                Comparison(RELAY, BARE, AtLeast(0.6, 0.85)),
                Comparison(RELAY, ONE_BY_ONE, AtLeast(10)),
            ],
            draw=lambda random: notes.draw(random, _EVENTS[profile]),
            gate=gate,
        )
        of_backlog = Suite(
            name="relay, backlog",
            arms=backlog,
            control=(SHORT, SHORT_AGAIN),
            comparisons=[Comparison(LONG, SHORT, AtLeast(0.8))],
            draw=lambda random: notes.draw(random, _BACKLOG[profile]),
            gate=gate,
        )
        yield [suite, of_backlog]


def gate(items: Sequence[Note], answer: Answer) -> None:
    """Refuse an answer where a record is lost, doubled, altered or out of its key's order."""
    expected: dict[str, list[tuple[bytes, Mapping[str, str]]]] = {}
    for item in items:
        expected.setdefault(item.key, []).append((item.value, item.headers))
    if answer != expected:
        found = sum(map(len, answer.values()))
        wrong = sum(answer.get(key) != records for key, records in expected.items())
        raise WrongAnswerError(
            f"{found} records for {len(items)} events; {wrong} of {len(expected)} keys are wrong"
        )


class Publisher(Protocol):
    """Brings events to a topic."""

    async def publish(self, topic: str, items: Sequence[Note]) -> float:
        """Return the seconds until the last event was acknowledged."""
        ...


class RelayedOutbox:
    """The relay as a service runs it: awake in the background, woken by the commit's NOTIFY."""

    def __init__(self, writer: Any, watcher: Any) -> None:
        self._writer = writer
        self._watcher = watcher

    async def publish(self, topic: str, items: Sequence[Note]) -> float:
        """Time from the commit of the rows to the deletion of the last."""
        transaction = self._writer.transaction()
        await transaction.start()
        await self._writer.copy_records_to_table(
            "outbox",
            columns=("event_id", "topic", "key", "headers", "payload"),
            records=[
                (item.event_id, topic, item.key, json.dumps(dict(item.headers)), item.value)
                for item in items
            ],
        )
        last = await self._writer.fetchval("SELECT max(id) FROM outbox")
        await self._watcher.execute(_FLUSH)
        watch = Stopwatch()
        await transaction.commit()

        async def gone() -> bool:
            return not await self._watcher.fetchval(_IS_THERE, last)

        await until(gone, every=_LOOK_SECONDS)
        return watch.seconds


class Bare:
    """The least that publishing can take: a full window of sends, nothing else."""

    def __init__(self, producer: KafkaProducer) -> None:
        self._producer = producer

    async def publish(self, topic: str, items: Sequence[Note]) -> float:
        """Time from the first send to the last acknowledgement."""
        records = [(item.key.encode(), item.value, item.record_headers) for item in items]
        window = asyncio.Semaphore(_IN_FLIGHT)
        watch = Stopwatch()
        acknowledgements: list[asyncio.Future[Any]] = []
        for key, value, headers in records:
            await window.acquire()
            future = await self._producer.send(topic, value, key=key, headers=headers)
            future.add_done_callback(lambda _: window.release())
            acknowledgements.append(future)
        await asyncio.gather(*acknowledgements)
        return watch.seconds


class OneByOne:
    """What a service without an outbox would write: publish, wait, next."""

    def __init__(self, broker: KafkaBroker) -> None:
        self._broker = broker

    async def publish(self, topic: str, items: Sequence[Note]) -> float:
        """Time from the first publish to the last acknowledgement."""
        watch = Stopwatch()
        for item in items:
            await self._broker.publish(
                item.value, topic, key=item.key.encode(), headers=dict(item.headers)
            )
        return watch.seconds


@asynccontextmanager
async def _relayed_outbox(
    kafka: KafkaSettings, postgres: PostgresSettings
) -> AsyncGenerator[RelayedOutbox]:
    async with AsyncExitStack() as parts:
        writer = await parts.enter_async_context(servers.connection(postgres))
        watcher = await parts.enter_async_context(servers.connection(postgres))
        engine = await parts.enter_async_context(servers.engine(postgres))
        relay = OutboxRelay(engine, postgres, lambda: build_producer(kafka, client_id="relay"))
        running = asyncio.create_task(relay.run())
        try:
            yield RelayedOutbox(writer, watcher)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


@asynccontextmanager
async def _bare_producer(settings: KafkaSettings) -> AsyncGenerator[KafkaProducer]:
    """Yield aiokafka's producer with the relay's guarantees and nothing else changed."""
    made = AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers, acks="all", enable_idempotence=True
    )
    await made.start()
    try:
        yield cast("KafkaProducer", made)
    finally:
        await made.stop()


async def _published(reader: TopicReader) -> Answer:
    return {
        key: [(record.value or b"", _own_headers(record)) for record in records]
        for key, records in (await reader.read_to_end()).items()
    }


def _own_headers(record: Record) -> Mapping[str, str]:
    """Return the headers without what FastStream adds of itself."""
    return {name: value.decode() for name, value in record.headers if name != "correlation_id"}
