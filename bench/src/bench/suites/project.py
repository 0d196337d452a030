"""Events into a projection, each effect once, against raw clients (targets 6 and 6b)."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from entente_contracts import Topic
from entente_contracts.topics import dead_letter, redrive
from messaging import tracing
from messaging.clients import KafkaProducer
from messaging.settings import TelemetrySettings
from stack.kafka.broker import KafkaBroker
from stack.stack import Stack

from bench import notes, servers
from bench.latencies import Arrivals, p99
from bench.notes import Note
from bench.open_loop import sender
from bench.projections import Deployed, Projection, RawBatches, RawRecords
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtLeast, AtMost

_EVENTS = {Profile.SMOKE: 3_000, Profile.FULL: 20_000}
_RECORDS_SHARE = 0.1
_PER_SECOND = 500.0
_SENT = {Profile.SMOKE: 250, Profile.FULL: 2_500}
_BACKLOG = {Profile.SMOKE: 5_000, Profile.FULL: 200_000}
_SHORT_SHARE = {Profile.SMOKE: 0.2, Profile.FULL: 0.05}

DEPLOYED = "BatchConsumer"
RECORDS = "raw getone, a statement each"
RECORDS_AGAIN = "raw getone, again"
BATCHES = "raw getmany(500), same statements"
VISIBLE = "BatchConsumer, p99 of becoming visible"
RAW_VISIBLE = "raw getmany, p99"
RAW_VISIBLE_AGAIN = "raw getmany, p99, again"
LONG = "BatchConsumer, long backlog"
SHORT = "BatchConsumer, short backlog"
SHORT_AGAIN = "BatchConsumer, short backlog, again"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a projection left in the database: claimed event ids, each note's last number."""

    claimed: frozenset[UUID]
    latest: dict[UUID, int]


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[Note, Answer]]]:
    """Yield the suites; each arm has a topic, a group and a database of its own."""
    kafka = await stack.start_kafka()
    settings = servers.kafka_settings(kafka)
    async with AsyncExitStack() as parts:
        parts.enter_context(tracing.configured("bench", TelemetrySettings()))
        producer = await parts.enter_async_context(servers.producer(settings))
        places: list[str] = []

        async def place(projection: type[Projection]) -> "_Place":
            places.append(f"project{len(places)}")
            topic = await _consumable_topic(kafka, places[-1])
            postgres = await parts.enter_async_context(servers.journal_database(stack, places[-1]))
            connection = await parts.enter_async_context(servers.connection(postgres))
            return _Place(topic, connection, projection(settings, postgres, topic))

        async def drained(
            name: str, projection: type[Projection], share: float = 1.0
        ) -> Arm[Note, Answer]:
            at = await place(projection)

            async def measure(items: Sequence[Note]) -> Measurement[Answer]:
                await at.clear()
                await _publish(producer, at.topic, items)
                seconds = await at.projection.drain(len(items))
                return Measurement(seconds / len(items), await at.answer())

            return Arm(name, measure, share)

        async def visible(name: str, projection: type[Projection]) -> Arm[Note, Answer]:
            at = await place(projection)

            async def measure(items: Sequence[Note]) -> Measurement[Answer]:
                await at.clear()
                async with sender(
                    settings, at.topic.name, items, per_second=_PER_SECOND
                ) as sending:
                    arrivals = Arrivals(sending)
                    await at.projection.drain(len(items), arrivals)
                    await sending.finished()
                seconds = arrivals.seconds([item.event_id for item in items])
                return Measurement(p99(seconds.values()), await at.answer())

            return Arm(name, measure)

        def suite(
            name: str, arms: Sequence[Arm[Note, Answer]], *comparisons: Comparison, events: int
        ) -> Suite[Note, Answer]:
            control = (arms[-2].name, arms[-1].name)
            return Suite(
                name=name,
                arms=arms,
                control=control,
                comparisons=comparisons,
                draw=lambda random: notes.draw(random, events),
                gate=gate,
            )

        yield [
            suite(
                "project",
                [
                    await drained(DEPLOYED, Deployed),
                    await drained(BATCHES, RawBatches),
                    await drained(RECORDS, RawRecords, _RECORDS_SHARE),
                    await drained(RECORDS_AGAIN, RawRecords, _RECORDS_SHARE),
                ],
                Comparison(DEPLOYED, RECORDS, AtLeast(6, 11)),
                Comparison(DEPLOYED, BATCHES, AtLeast(0.7, 0.9)),
                events=_EVENTS[profile],
            ),
            suite(
                "project, 500 a second",
                [
                    await visible(VISIBLE, Deployed),
                    await visible(RAW_VISIBLE, RawBatches),
                    await visible(RAW_VISIBLE_AGAIN, RawBatches),
                ],
                Comparison(VISIBLE, RAW_VISIBLE, AtMost(2, 1.2)),
                events=_SENT[profile],
            ),
            suite(
                "project, backlog",
                [
                    await drained(LONG, Deployed),
                    await drained(SHORT, Deployed, _SHORT_SHARE[profile]),
                    await drained(SHORT_AGAIN, Deployed, _SHORT_SHARE[profile]),
                ],
                Comparison(LONG, SHORT, AtLeast(0.8)),
                events=_BACKLOG[profile],
            ),
        ]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an arm works."""

    topic: Topic
    connection: Any
    projection: Projection

    async def clear(self) -> None:
        await self.connection.execute("TRUNCATE inbox, latest")

    async def answer(self) -> Answer:
        claimed = await self.connection.fetch("SELECT event_id FROM inbox")
        latest = await self.connection.fetch("SELECT note_id, number FROM latest")
        return Answer(frozenset(row[0] for row in claimed), {row[0]: row[1] for row in latest})


def gate(items: Sequence[Note], answer: Answer) -> None:
    """Refuse an answer that misses an event, claims one too many or shows an old number."""
    if answer.claimed != frozenset(item.event_id for item in items):
        raise WrongAnswerError(f"{len(answer.claimed)} events claimed of {len(items)}")
    if answer.latest != notes.latest(items):
        raise WrongAnswerError("the projection does not hold the last numbers")


async def _consumable_topic(kafka: KafkaBroker, name: str) -> Topic:
    topic = await servers.new_topic(kafka, name)
    group = servers.GROUP
    await kafka.create_topics([redrive(topic, group), dead_letter(topic, group)])
    return topic


async def _publish(producer: KafkaProducer, topic: Topic, items: Sequence[Note]) -> None:
    sent = [
        await producer.send(topic.name, i.value, key=i.key.encode(), headers=i.record_headers)
        for i in items
    ]
    for acknowledgement in sent:
        await acknowledgement
