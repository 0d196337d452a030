"""From a proposal to its confirmation through booking's service (target 8)."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from booking.testing.process import BookingProcess
from entente_contracts import BookingConfirmed, encode, envelope_for
from entente_contracts.topics import BOOKING_EVENTS
from journal.messages import Noted
from messaging import tracing
from messaging.settings import TelemetrySettings
from messaging.topology import all_topics, installed
from stack.stack import Stack

from bench import connector_stand_in, servers
from bench.asking import all_at_once
from bench.bookable import Bookable, bookable
from bench.latencies import p99
from bench.sightings import Sightings, sightings
from bench.stopwatch import Stopwatch
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.taking import Way, Ways
from bench.targets import AtLeast, AtMost
from bench.waiting import until

_SAGAS = {Profile.SMOKE: 1_000, Profile.FULL: 2_000}
_CALM = {Profile.SMOKE: 50, Profile.FULL: 600}
_HOSTS = {Profile.SMOKE: 50, Profile.FULL: 1_000}
_CLIENTS = 8
_LOAD = 0.2
_TEXT = "x" * 2_000  # as long as what tells of a booking
_LOOK_SECONDS = 0.01
# A booking that waits for its calendar has a time to wake at. Both look at an index alone: a table
# holds the room of rows that are gone, and reading that took 30 ms, again and again.
_UNCONFIRMED = "SELECT min(wake_at) FROM booking WHERE wake_at IS NOT NULL"
_WAITING = "SELECT min(id) FROM outbox"
_PUT = "INSERT INTO outbox (event_id, topic, key, headers, payload) VALUES ($1, $2, $3, $4, $5)"

SAGA = "sagas, proposed to confirmed"
BARE = "the bare statement"
BARE_AGAIN = "the bare statement, again"
CALM = "a saga, p99"
HOP = "one hop by the relay, p99"
HOP_AGAIN = "one hop by the relay, p99, again"

Answer = Mapping[UUID, int] | None
"""How often each was told of; None by what confirms nothing."""


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[int, Answer]]]:
    """Yield the suites; the service is a process of its own, its calendars answer at once."""
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
        confirmed = await parts.enter_async_context(
            sightings(settings, BOOKING_EVENTS, BookingConfirmed.type)
        )
        hops = await servers.new_topic(kafka, "hops")
        hopped = await parts.enter_async_context(sightings(settings, hops, Noted.type))
        sagas = _Sagas(scene, confirmed)
        calm = _Calm(sagas)

        async def take(number: int) -> UUID:
            del number
            (wish,) = scene.wishes(1)
            return await sagas.way.take(await sagas.way.prepare(wish))

        async def hop(number: int) -> UUID:
            return await _hop(scene.pool, hops.name, number)

        yield [
            Suite(
                name="saga",
                arms=[
                    Arm(SAGA, sagas.measure),
                    _bookings(BARE, bare, Ways(bare).bare()),
                    _bookings(BARE_AGAIN, bare, Ways(bare).bare()),
                ],
                control=(BARE, BARE_AGAIN),
                comparisons=[Comparison(SAGA, BARE, AtLeast(0.4, 0.5))],
                draw=lambda _: range(_SAGAS[profile]),
                gate=gate,
            ),
            Suite(
                name="saga, a fifth of that load",
                arms=[
                    Arm(CALM, calm.measuring(take, confirmed)),
                    Arm(HOP, calm.measuring(hop, hopped)),
                    Arm(HOP_AGAIN, calm.measuring(hop, hopped)),
                ],
                control=(HOP, HOP_AGAIN),
                comparisons=[Comparison(CALM, HOP, AtMost(5))],
                draw=lambda _: range(_CALM[profile]),
                gate=gate,
            ),
        ]


def gate(items: Sequence[int], answer: Answer) -> None:
    """Refuse what was lost or told of twice."""
    if answer is None:
        return
    if len(answer) != len(items) or set(answer.values()) != {1}:
        once = sum(count == 1 for count in answer.values())
        raise WrongAnswerError(f"{once} of {len(items)} were told of exactly once")


class _Sagas:
    """Proposals by several clients, and the service that brings them to their confirmation."""

    def __init__(self, scene: Bookable, confirmed: Sightings) -> None:
        self.scene = scene
        self.way = Ways(scene).use_case()
        self.per_second = 0.0
        self._confirmed = confirmed

    async def measure(self, items: Sequence[int]) -> Measurement[Answer]:
        prepared = [await self.way.prepare(wish) for wish in self.scene.wishes(len(items))]
        watch = Stopwatch()
        _, ids = await all_at_once(prepared, [self.way.take] * _CLIENTS)
        await self._none(_UNCONFIRMED)
        seconds = watch.seconds
        self.per_second = len(items) / seconds
        return Measurement(seconds / len(items), await self.told(self._confirmed, ids))

    async def told(self, sightings: Sightings, ids: list[UUID]) -> Mapping[UUID, int]:
        """Count what was told of each, once nothing is left to tell."""
        await self._none(_WAITING)
        times = await sightings.of(ids)
        return {it: len(seen) for it, seen in zip(ids, times, strict=True)}

    async def _none(self, there_are: str) -> None:
        async def none_left() -> bool:
            return await self.scene.pool.fetchval(there_are) is None

        await until(none_left, every=_LOOK_SECONDS)


@dataclass(frozen=True, slots=True)
class _Calm:
    """Work that is begun at fixed times, a fifth of what the sagas' service can take."""

    sagas: _Sagas

    def measuring(
        self, begin: Callable[[int], Awaitable[UUID]], sightings: Sightings
    ) -> Callable[[Sequence[int]], Awaitable[Measurement[Answer]]]:
        async def measure(items: Sequence[int]) -> Measurement[Answer]:
            per_second = _LOAD * self.sagas.per_second
            first = time.time()
            due = [first + number / per_second for number in items]
            ids = await asyncio.gather(
                *(_begin_at(moment, begin, n) for n, moment in enumerate(due))
            )
            times = await sightings.of(ids)
            cost = p99(seen[0] - moment for seen, moment in zip(times, due, strict=True))
            return Measurement(cost, await self.sagas.told(sightings, ids))

        return measure


async def _begin_at(moment: float, begin: Callable[[int], Awaitable[UUID]], number: int) -> UUID:
    await asyncio.sleep(max(0.0, moment - time.time()))
    return await begin(number)


async def _hop(pool: Any, topic: str, number: int) -> UUID:
    """Commit an event for the relay, as any writer would."""
    note = Noted(tenant_id="bench", note_id=uuid4(), number=number, text=_TEXT)
    envelope = envelope_for(note, source="/bench", time=datetime.now(UTC))
    headers = json.dumps(envelope.to_text())
    await pool.execute(_PUT, envelope.id, topic, envelope.partition_key, headers, encode(note))
    return note.note_id


def _bookings(name: str, scene: Bookable, way: Way) -> Arm[int, Answer]:
    async def measure(items: Sequence[int]) -> Measurement[Answer]:
        prepared = [await way.prepare(wish) for wish in scene.wishes(len(items))]
        seconds, _ = await all_at_once(prepared, [way.take] * _CLIENTS)
        return Measurement(seconds, None)

    return Arm(name, measure)
