"""Ways to take a slot: booking's use case, and bare statements that leave the same rows."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from booking.adapters.postgres.bookings import PostgresBookings
from booking.application.ports import Receipt
from booking.application.propose import Wish, propose_booking
from booking.application.roster import Roster
from booking.application.services import Services
from booking.domain.booking import Transition
from messaging.delivery import Arrival

from bench.bookable import LINK_KEY, TENANT, Bookable
from bench.suite import WrongAnswerError

# Rows as the service leaves them, by plain inserts: no roster, no rival, no verdict.
_BOOKING = """
    stored AS (
        INSERT INTO booking (id, tenant_id, revision, status, host_ids, holds, starts_at, wake_at,
                             state, guest_digest, host_secret, guest_secret)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12)
    ),
    claimed AS (
        INSERT INTO slot_claim (booking_id, host_id, during)
        SELECT $1, host_id, during::tstzmultirange
        FROM unnest($13::uuid[], $14::text[]) AS claim (host_id, during)
    )
"""
_MESSAGES = """
    announced AS (
        INSERT INTO outbox (event_id, topic, key, headers, payload)
        SELECT event_id, topic, key, headers::jsonb, payload
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])
            AS message (event_id, topic, key, headers, payload)
    ),
    receipted AS (
        INSERT INTO idempotency_key (tenant_id, caller, key, request, answer)
        VALUES ($6, $7, $8, $9, $10::jsonb)
    )
"""


def _shifted(statement: str) -> str:
    """Return `_MESSAGES` with its values numbered behind those of `_BOOKING`."""
    return re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) + 14}", statement)


_INSERT_BOOKING = f"WITH {_BOOKING} SELECT 1"
_INSERT_MESSAGES = f"WITH {_MESSAGES} SELECT 1"
_INSERT_ALL = f"WITH {_BOOKING}, {_shifted(_MESSAGES)} SELECT 1"
_IS_TAKEN = """
    SELECT true FROM slot_claim, unnest($1::uuid[], $2::text[]) AS wanted (host, during)
    WHERE uuidrange(host_id, host_id, '[]') && uuidrange(host, host, '[]')
      AND slot_claim.during && wanted.during::tstzmultirange
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))"

Take = Callable[[Any], Awaitable[UUID]]
"""Takes a slot as prepared; returns the booking's id."""


@dataclass(frozen=True, slots=True)
class Way:
    """How slots are taken, and what is made ready for it, untimed."""

    prepare: Callable[[Wish], Awaitable[Any]]
    take: Take


@dataclass(frozen=True, slots=True)
class Rows:
    """Values of the rows that a booking leaves, in the order of the bare statements."""

    booking: Sequence[Any]
    messages: Sequence[Any]

    @property
    def id(self) -> UUID:
        """The booking's."""
        return self.booking[0]

    @property
    def claims(self) -> Sequence[Any]:
        """Hosts, and the time claimed of each."""
        return self.booking[-2:]


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
        """Send one statement, its values ready, through the driver's pool."""

        async def take(rows: Rows) -> UUID:
            await self._pool.fetch(_INSERT_ALL, *rows.booking, *rows.messages)
            return rows.id

        return Way(self._rows, take)

    def four_trips(self) -> Way:
        """Send BEGIN, booking and claim, messages and idempotency key, COMMIT."""

        async def take(rows: Rows) -> UUID:
            async with self._pool.acquire() as connection, connection.transaction():
                await _insert(connection, rows)
            return rows.id

        return Way(self._rows, take)

    def locked(self) -> Way:
        """Lock the host, look, then insert as above."""

        async def take(rows: Rows) -> UUID:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(_LOCK, str(rows.claims[0][0]))
                if await connection.fetchval(_IS_TAKEN, *rows.claims):
                    raise WrongAnswerError("a free slot is taken")
                await _insert(connection, rows)
            return rows.id

        return Way(self._rows, take)

    async def _transition(self, wish: Wish) -> tuple[Transition, Receipt]:
        rehearsal = _Rehearsal()
        await propose_booking(replace(self._services, bookings=rehearsal), wish)
        return rehearsal.transition, _receipt()

    async def _rows(self, wish: Wish) -> "Rows":
        transition, receipt = await self._transition(wish)
        recorder = _Recorder()
        await PostgresBookings(recorder, link_key=LINK_KEY).store(transition, receipt=receipt)
        return _rows(recorder.values)


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
        resting_on: Roster | None = None,
    ) -> None:
        del receipt, cause, resting_on
        self.transition = transition


def _rows(values: Sequence[Any]) -> Rows:
    """Return the rows that the service's statement would make of its values."""
    booking, messages, receipt = values[:9], values[9:14], values[14:17]
    claims, secrets = values[17:19], values[19:22]
    tenant_id, state = booking[1], booking[-1]
    return Rows(
        booking=(*booking, *secrets, *claims), messages=(*messages, tenant_id, *receipt, state)
    )


async def _insert(connection: Any, rows: Rows) -> None:
    await connection.execute(_INSERT_BOOKING, *rows.booking)
    await connection.execute(_INSERT_MESSAGES, *rows.messages)


def _receipt() -> Receipt:
    return Receipt(tenant_id=TENANT, caller="bench", key=str(uuid4()), request=b"bench")
