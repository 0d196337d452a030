"""Taking a slot through booking's use case, against bare statements (targets 7 and 7b)."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

from booking.adapters.postgres import statements
from booking.adapters.postgres.bookings import PostgresBookings
from booking.application.ports import Receipt
from booking.application.propose import Wish, propose_booking
from booking.application.services import Services
from booking.domain.booking import Transition
from messaging import tracing
from messaging.delivery import Arrival
from messaging.settings import TelemetrySettings
from stack.stack import Stack

from bench.asking import all_at_once
from bench.bookable import LINK_KEY, TENANT, Bookable, bookable
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
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

_INSERT_BOOKING = """
    WITH stored AS (
        INSERT INTO booking (id, tenant_id, revision, status, host_ids, holds, starts_at, wake_at,
                             state, guest_digest, host_secret, guest_secret)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $12, $13, $14) RETURNING id
    )
    INSERT INTO slot_claim (booking_id, host_id, during)
    SELECT stored.id, host_id, during::tstzmultirange
    FROM stored, unnest($10::uuid[], $11::text[]) AS claim (host_id, during)
"""
_INSERT_MESSAGES = """
    INSERT INTO outbox (event_id, topic, key, headers, payload)
    SELECT event_id, topic, key, headers::jsonb, payload
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])
        AS message (event_id, topic, key, headers, payload)
"""
_IS_TAKEN = """
    SELECT true FROM slot_claim, unnest($1::uuid[], $2::text[]) AS wanted (host, during)
    WHERE uuidrange(host_id, host_id, '[]') && uuidrange(host, host, '[]')
      AND slot_claim.during && wanted.during::tstzmultirange
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))"

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
_FIRST_MESSAGE, _FIRST_RECEIPT, _FIRST_CLAIM = 9, 14, 17


@dataclass(frozen=True, slots=True)
class Answer:
    """What an arm left in the database: claims, overlapping pairs, bookings in the outbox."""

    claims: int
    overlaps: int
    announced: int


Take = Callable[[Any], Awaitable[UUID]]
"""Takes a slot as prepared; returns the booking's id."""


@dataclass(frozen=True, slots=True)
class Way:
    """How slots are taken, and what is made ready for it, untimed."""

    prepare: Callable[[Wish], Awaitable[Any]]
    take: Take


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[int, Answer]]]:
    """Yield a suite of a few clients on many hosts, and one of many clients on one."""
    async with AsyncExitStack() as parts:
        parts.enter_context(tracing.configured("bench", TelemetrySettings()))
        scene = await parts.enter_async_context(bookable(stack, "book", hosts=_HOSTS[profile]))
        ways = _Ways(scene)

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


class _Ways:
    def __init__(self, scene: Bookable) -> None:
        self._services: Services = scene.services
        self._pool: Any = scene.pool

    def use_case(self) -> Way:
        """Do everything but HTTP: read hosts and calendars, apply the rules, store it all."""

        async def prepare(wish: Wish) -> tuple[Wish, Receipt]:
            return wish, _receipt()

        async def take(prepared: tuple[Wish, Receipt]) -> UUID:
            wish, receipt = prepared
            return (await propose_booking(self._services, wish, receipt=receipt)).id

        return Way(prepare, take)

    def store(self) -> Way:
        """Do what remains once hosts and calendars are read and rules applied."""

        async def take(prepared: tuple[Transition, Receipt]) -> UUID:
            transition, receipt = prepared
            await self._services.bookings.store(transition, receipt=receipt)
            return transition.after.id

        return Way(self._transition, take)

    def bare(self) -> Way:
        """Send the same statement, its values ready, through the driver's pool."""

        async def take(values: Sequence[Any]) -> UUID:
            await self._pool.fetch(statements.INSERT, *values)
            return values[0]

        return Way(self._values, take)

    def four_trips(self) -> Way:
        """Send BEGIN, booking and claim, messages, COMMIT; no idempotency key."""

        async def take(values: Sequence[Any]) -> UUID:
            async with self._pool.acquire() as connection, connection.transaction():
                await _insert(connection, values)
            return values[0]

        return Way(self._values, take)

    def locked(self) -> Way:
        """Lock the host, look, then insert as above."""

        async def take(values: Sequence[Any]) -> UUID:
            async with self._pool.acquire() as connection, connection.transaction():
                claims = values[_FIRST_CLAIM : _FIRST_CLAIM + 2]
                await connection.execute(_LOCK, str(claims[0][0]))
                if await connection.fetchval(_IS_TAKEN, *claims):
                    raise WrongAnswerError("a free slot is taken")
                await _insert(connection, values)
            return values[0]

        return Way(self._values, take)

    async def _transition(self, wish: Wish) -> tuple[Transition, Receipt]:
        rehearsal = _Rehearsal()
        await propose_booking(replace(self._services, bookings=rehearsal), wish)
        return rehearsal.transition, _receipt()

    async def _values(self, wish: Wish) -> Sequence[Any]:
        transition, receipt = await self._transition(wish)
        recorder = _Recorder()
        await PostgresBookings(recorder, link_key=LINK_KEY).store(transition, receipt=receipt)
        return recorder.values


class _Recorder:
    """A `Database` that keeps a statement's values instead of running it."""

    values: Sequence[Any]

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        del statement
        self.values = values
        return [{"stored": 1}]


class _Rehearsal(PostgresBookings):
    """`Bookings` that keep a transition to themselves."""

    transition: Transition

    def __init__(self) -> None:
        super().__init__(_Recorder(), link_key=LINK_KEY)

    async def store(
        self,
        transition: Transition,
        *,
        receipt: Receipt | None = None,
        cause: Arrival | None = None,
    ) -> None:
        del receipt, cause
        self.transition = transition


async def _insert(connection: Any, values: Sequence[Any]) -> None:
    booking, messages = values[:_FIRST_MESSAGE], values[_FIRST_MESSAGE:_FIRST_RECEIPT]
    claims_and_secrets = values[_FIRST_CLAIM:]
    await connection.execute(_INSERT_BOOKING, *booking, *claims_and_secrets)
    await connection.execute(_INSERT_MESSAGES, *messages)


async def _answer(pool: Any, ids: Sequence[UUID]) -> Answer:
    return Answer(
        claims=await pool.fetchval(_CLAIMS, ids),
        overlaps=await pool.fetchval(_OVERLAPS, ids),
        announced=await pool.fetchval(_STORIES, [str(it) for it in ids]),
    )


def _receipt() -> Receipt:
    return Receipt(tenant_id=TENANT, caller="bench", key=str(uuid4()), request=b"bench")
