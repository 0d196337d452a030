"""Taking a slot through booking's use case, against bare statements (targets 7 and 7b)."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from messaging import tracing
from messaging.settings import TelemetrySettings
from stack.stack import Stack

from bench.asking import all_at_once
from bench.bookable import bookable
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.taking import Way, Ways
from bench.targets import AtLeast

_BOOKINGS = {Profile.SMOKE: 400, Profile.FULL: 3_000}
_HOSTS = {Profile.SMOKE: 50, Profile.FULL: 1_000}
_CLIENTS = 8
_CROWD = 32

USE_CASE = "booking's use case"
STORE = "booking's statement with what it is made of"
BARE = "the bare statement"
BARE_AGAIN = "the bare statement, again"
FOUR_TRIPS = "a bare transaction of four round trips"
SPREAD = "32 clients on many hosts"
SPREAD_AGAIN = "32 clients on many hosts, again"
ONE_HOST = "32 clients on one host"
LOCKED = "32 clients on one host, by advisory lock"

_CLAIMS = "SELECT count(*) FROM slot_claim WHERE booking_id = ANY ($1)"
_OVERLAPS = """
    SELECT count(*) FROM slot_claim one JOIN slot_claim other
      ON uuidrange(one.host_id, one.host_id, '[]') && uuidrange(other.host_id, other.host_id, '[]')
     AND one.during && other.during AND one.booking_id < other.booking_id
    WHERE one.booking_id = ANY ($1)
"""
_STORIES = """
    SELECT count(DISTINCT headers ->> 'ce_correlationid') FROM outbox
    WHERE headers ->> 'ce_correlationid' = ANY ($1)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an arm left in the database: claims, overlapping pairs, bookings in the outbox."""

    claims: int
    overlaps: int
    announced: int


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[int, Answer]]]:
    """Yield a suite of a few clients on many hosts, and one of many clients on one."""
    async with AsyncExitStack() as parts:
        parts.enter_context(tracing.configured("bench", TelemetrySettings()))
        scene = await parts.enter_async_context(bookable(stack, "book", hosts=_HOSTS[profile]))
        ways = Ways(scene)

        def draw(_: Random) -> Sequence[int]:
            return range(_BOOKINGS[profile])

        def arm(
            name: str, way: Way, clients: int = _CLIENTS, hosts: int | None = None
        ) -> Arm[int, Answer]:
            async def measure(items: Sequence[int]) -> Measurement[Answer]:
                wishes = scene.wishes(len(items), hosts=hosts)
                prepared = [await way.prepare(wish) for wish in wishes]
                seconds, ids = await all_at_once(prepared, [way.take] * clients)
                return Measurement(seconds, await _answer(scene.pool, ids))

            return Arm(name, measure)

        yield [
            Suite(
                name="book, 8 clients",
                arms=[
                    arm(USE_CASE, ways.use_case()),
                    arm(STORE, ways.store()),
                    arm(BARE, ways.bare()),
                    arm(BARE_AGAIN, ways.bare()),
                    arm(FOUR_TRIPS, ways.four_trips()),
                ],
                control=(BARE, BARE_AGAIN),
                comparisons=[
                    Comparison(USE_CASE, BARE, AtLeast(0.6, 0.75)),
                    Comparison(USE_CASE, FOUR_TRIPS, AtLeast(1.2, 1.7)),
                    Comparison(STORE, BARE, AtLeast(0.6, 0.75)),
                ],
                draw=draw,
                gate=gate,
            ),
            Suite(
                name="book, one host",
                arms=[
                    arm(SPREAD, ways.use_case(), _CROWD),
                    arm(SPREAD_AGAIN, ways.use_case(), _CROWD),
                    arm(ONE_HOST, ways.use_case(), _CROWD, hosts=1),
                    arm(LOCKED, ways.locked(), _CROWD, hosts=1),
                ],
                control=(SPREAD, SPREAD_AGAIN),
                comparisons=[
                    Comparison(ONE_HOST, SPREAD, AtLeast(0.7)),
                    Comparison(ONE_HOST, LOCKED, AtLeast(2.5)),
                ],
                draw=draw,
                gate=gate,
            ),
        ]


def gate(items: Sequence[int], answer: Answer) -> None:
    """Refuse overlaps, and a booking that is missing or that nobody is told of."""
    if answer != Answer(claims=len(items), overlaps=0, announced=len(items)):
        raise WrongAnswerError(f"{answer} of {len(items)} bookings")


async def _answer(pool: Any, ids: Sequence[UUID]) -> Answer:
    return Answer(
        claims=await pool.fetchval(_CLAIMS, ids),
        overlaps=await pool.fetchval(_OVERLAPS, ids),
        announced=await pool.fetchval(_STORIES, [str(it) for it in ids]),
    )
