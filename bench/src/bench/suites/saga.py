"""From a proposal to its confirmation through booking's service (target 8)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from booking.testing.process import BookingProcess
from entente_contracts.topics import BOOKING_EVENTS
from messaging import tracing
from messaging.settings import TelemetrySettings
from messaging.topology import all_topics, installed
from stack.stack import Stack

from bench import connector_stand_in, servers
from bench.asking import all_at_once
from bench.bookable import Bookable, bookable
from bench.stopwatch import Stopwatch
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.taking import Way, Ways
from bench.targets import AtLeast
from bench.topic_reader import TopicReader

_SAGAS = {Profile.SMOKE: 300, Profile.FULL: 2_000}
_HOSTS = {Profile.SMOKE: 50, Profile.FULL: 1_000}
_CLIENTS = 8
_LOOK_SECONDS = 0.01
# A booking that waits for its calendar has a time to wake at: few rows, and an index on them.
_UNCONFIRMED = "SELECT EXISTS (SELECT FROM booking WHERE wake_at IS NOT NULL)"
_WAITING = "SELECT count(*) FROM outbox"
_TOLD = b"entente.booking.confirmed.v1"

SAGA = "sagas, proposed to confirmed"
BARE = "the bare statement"
BARE_AGAIN = "the bare statement, again"

Answer = Mapping[UUID, int] | None
"""How often each booking was told to be confirmed; None by what confirms nothing."""


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[int, Answer]]]:
    """Yield the suite; the service is a process of its own, its calendars answer at once."""
    kafka = await stack.start_kafka()
    await kafka.create_topics(all_topics(installed()))
    settings = servers.kafka_settings(kafka)
    async with AsyncExitStack() as parts:
        parts.enter_context(tracing.configured("bench", TelemetrySettings()))
        bare = await parts.enter_async_context(bookable(stack, "bare", hosts=_HOSTS[profile]))
        scene = await parts.enter_async_context(bookable(stack, "saga", hosts=_HOSTS[profile]))
        service = BookingProcess(
            "booking",
            stack.workspace,
            kafka=settings,
            dsn=scene.postgres.dsn.get_secret_value(),
            failpoints="",
        )
        await service.program.start()
        parts.push_async_callback(service.program.stop)
        await parts.enter_async_context(connector_stand_in.answering(settings))
        reader = TopicReader(kafka.bootstrap_servers, BOOKING_EVENTS.name)
        yield [
            Suite(
                name="saga",
                arms=[
                    _sagas(scene, reader),
                    _bookings(BARE, bare, Ways(bare).bare()),
                    _bookings(BARE_AGAIN, bare, Ways(bare).bare()),
                ],
                control=(BARE, BARE_AGAIN),
                comparisons=[Comparison(SAGA, BARE, AtLeast(0.4, 0.5))],
                draw=lambda _: range(_SAGAS[profile]),
                gate=gate,
            )
        ]


def gate(items: Sequence[int], answer: Answer) -> None:
    """Refuse sagas that were lost or confirmed twice."""
    if answer is None:
        return
    if len(answer) != len(items) or set(answer.values()) != {1}:
        once = sum(count == 1 for count in answer.values())
        raise WrongAnswerError(f"{once} of {len(items)} sagas were confirmed exactly once")


def _sagas(scene: Bookable, reader: TopicReader) -> Arm[int, Answer]:
    way = Ways(scene).use_case()

    async def measure(items: Sequence[int]) -> Measurement[Answer]:
        prepared = [await way.prepare(wish) for wish in scene.wishes(len(items))]
        watch = Stopwatch()
        _, ids = await all_at_once(prepared, [way.take] * _CLIENTS)
        while await scene.pool.fetchval(_UNCONFIRMED):  # noqa: ASYNC110  # only PostgreSQL knows
            await asyncio.sleep(_LOOK_SECONDS)
        seconds = watch.seconds
        while await scene.pool.fetchval(_WAITING):  # noqa: ASYNC110  # only PostgreSQL knows
            await asyncio.sleep(_LOOK_SECONDS)
        return Measurement(seconds / len(items), await _told(reader, ids))

    return Arm(SAGA, measure)


def _bookings(name: str, scene: Bookable, way: Way) -> Arm[int, Answer]:
    async def measure(items: Sequence[int]) -> Measurement[Answer]:
        prepared = [await way.prepare(wish) for wish in scene.wishes(len(items))]
        seconds, _ = await all_at_once(prepared, [way.take] * _CLIENTS)
        return Measurement(seconds, None)

    return Arm(name, measure)


async def _told(reader: TopicReader, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    records = await reader.read_to_end()
    return {
        it: sum(("ce_type", _TOLD) in record.headers for record in records.get(str(it), ()))
        for it in ids
    }
