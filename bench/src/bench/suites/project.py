"""Events into a projection, each effect once, against raw clients (target 6)."""

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
from bench.notes import Note
from bench.projections import Deployed, Projection, RawBatches, RawRecords
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtLeast

_EVENTS = {Profile.SMOKE: 4_000, Profile.FULL: 20_000}
_RECORDS_SHARE = 0.1

DEPLOYED = "BatchConsumer"
RECORDS = "raw getone, a statement each"
RECORDS_AGAIN = "raw getone, again"
BATCHES = "raw getmany(500), same statements"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a projection left in the database: claimed event ids, each note's last number."""

    claimed: frozenset[UUID]
    latest: dict[UUID, int]


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[Note, Answer]]]:
    """Yield the suite; each arm has a topic, a group and a database of its own."""
    kafka = await stack.start_kafka()
    settings = servers.kafka_settings(kafka)
    async with AsyncExitStack() as parts:
        parts.enter_context(tracing.configured("bench", TelemetrySettings()))
        producer = await parts.enter_async_context(servers.producer(settings))

        async def arm(
            name: str, projection: type[Projection], share: float = 1.0
        ) -> Arm[Note, Answer]:
            place = f"project{len(arms)}"
            topic = await _consumable_topic(kafka, place)
            postgres = await parts.enter_async_context(servers.journal_database(stack, place))
            connection = await parts.enter_async_context(servers.connection(postgres))
            subject = projection(settings, postgres, topic)

            async def measure(items: Sequence[Note]) -> Measurement[Answer]:
                await connection.execute("TRUNCATE inbox, latest")
                await _publish(producer, topic, items)
                seconds = await subject.drain(len(items))
                return Measurement(seconds / len(items), await _answer(connection))

            return Arm(name, measure, share)

        arms: list[Arm[Note, Answer]] = []
        arms.append(await arm(DEPLOYED, Deployed))
        arms.append(await arm(RECORDS, RawRecords, _RECORDS_SHARE))
        arms.append(await arm(RECORDS_AGAIN, RawRecords, _RECORDS_SHARE))
        arms.append(await arm(BATCHES, RawBatches))
        suite = Suite(
            name="project",
            arms=arms,
            control=(RECORDS, RECORDS_AGAIN),
            comparisons=[
                Comparison(DEPLOYED, RECORDS, AtLeast(6, 11)),
                Comparison(DEPLOYED, BATCHES, AtLeast(0.7, 0.9)),
            ],
            draw=lambda random: notes.draw(random, _EVENTS[profile]),
            gate=gate,
        )
        yield [suite]


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


async def _answer(connection: Any) -> Answer:
    claimed = await connection.fetch("SELECT event_id FROM inbox")
    latest = await connection.fetch("SELECT note_id, number FROM latest")
    return Answer(frozenset(row[0] for row in claimed), {row[0]: row[1] for row in latest})
