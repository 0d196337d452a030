"""Ways to take a slot: booking's use case, and bare statements that leave the same rows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from booking.adapters.postgres import statements
from booking.adapters.postgres.bookings import PostgresBookings
from booking.application.ports import Receipt
from booking.application.propose import Wish, propose_booking
from booking.application.services import Services
from booking.domain.booking import Transition
from messaging.delivery import Arrival

from bench.bookable import LINK_KEY, TENANT, Bookable
from bench.suite import WrongAnswerError

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

_FIRST_MESSAGE, _FIRST_RECEIPT, _FIRST_CLAIM = 9, 14, 17


Take = Callable[[Any], Awaitable[UUID]]
"""Takes a slot as prepared; returns the booking's id."""


@dataclass(frozen=True, slots=True)
class Way:
    """How slots are taken, and what is made ready for it, untimed."""

    prepare: Callable[[Wish], Awaitable[Any]]
    take: Take


class Ways:
    """The ways to take slots of a scene's hosts."""

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


def _receipt() -> Receipt:
    return Receipt(tenant_id=TENANT, caller="bench", key=str(uuid4()), request=b"bench")
