"""Bookings and their claims as rows."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from entente_contracts import Message
from messaging.delivery import Arrival

from booking.adapters.postgres import statements
from booking.adapters.postgres.database import Database, Row
from booking.adapters.postgres.documents import BOOKING
from booking.adapters.postgres.outbox_rows import outbox_rows
from booking.application.announcements import messages_of
from booking.application.errors import KeyReusedError, OutrunError
from booking.application.ports import Receipt, Secrets
from booking.application.roster import Roster
from booking.domain.booking import Booking, Obstacle, Refusal, Status, Transition
from booking.domain.claims import Claim, claims_of
from booking.domain.guest_links import digest_of, secret_of
from booking.domain.parties import Role
from booking.domain.slot import Slot
from booking.domain.terms import Terms


class PostgresBookings:
    """`Bookings` in a database; `link_key` is the key of guest links."""

    def __init__(self, database: Database, *, link_key: bytes) -> None:
        self._database = database
        self._link_key = link_key

    async def get(self, tenant_id: str, booking_id: UUID) -> Booking | None:
        """Return the booking, None in another tenant."""
        found = await self._one("SELECT state::text FROM booking WHERE id = $1", booking_id)
        return found if found is not None and found.tenant_id == tenant_id else None

    async def load(self, booking_id: UUID) -> Booking | None:
        """Return the booking, whatever its tenant."""
        return await self._one("SELECT state::text FROM booking WHERE id = $1", booking_id)

    async def open(self, booking_id: UUID) -> tuple[Booking, Secrets] | None:
        """Return the booking with the digests that open it."""
        rows = await self._database.fetch(
            "SELECT state::text, host_secret, guest_secret FROM booking WHERE id = $1", booking_id
        )
        for row in rows:
            secrets = Secrets(host=row["host_secret"], guest=row["guest_secret"])
            return BOOKING.read(row["state"]), secrets
        return None

    async def store(
        self,
        transition: Transition,
        *,
        receipt: Receipt | None = None,
        cause: Arrival | None = None,
        resting_on: Roster | None = None,
    ) -> None:
        """Keep everything the transition brings, in one statement."""
        before, after = transition.before, transition.after
        messages = outbox_rows(messages_of(transition), story=after.id, cause=cause)
        values = [*state_of(after), *messages, *_receipt(receipt)]
        if before is None:
            edition = resting_on.edition if resting_on is not None else None
            values += [*_claims(after), *self._identity(after), edition]
            rows = await self._database.fetch(statements.INSERT, *values)
        elif claims_of(before) == claims_of(after):
            rows = await self._database.fetch(statements.UPDATE, *values)
        else:
            values += _claims(after)
            rows = await self._database.fetch(statements.UPDATE_WITH_CLAIMS, *values)
        if not rows[0]["stored"]:
            raise OutrunError(f"another change came before booking {after.id} {after.revision}")

    async def announce(self, messages: Sequence[Message], *, cause: Arrival | None = None) -> None:
        """Put messages that go with no transition into the outbox."""
        await self._database.fetch(
            "INSERT INTO outbox (event_id, topic, key, headers, payload)"
            " SELECT event_id, topic, key, headers::jsonb, payload"
            " FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])"
            " AS message (event_id, topic, key, headers, payload)",
            *outbox_rows(messages, story=None, cause=cause),
        )

    async def answered(self, receipt: Receipt) -> Booking | None:
        """Return what was answered to this key before."""
        rows = await self._database.fetch(
            "SELECT request, answer::text FROM idempotency_key"
            " WHERE tenant_id = $1 AND caller = $2 AND key = $3",
            receipt.tenant_id,
            receipt.caller,
            receipt.key,
        )
        if not rows:
            return None
        if rows[0]["request"] != receipt.request:
            raise KeyReusedError("the key came with another request before")
        return BOOKING.read(rows[0]["answer"])

    async def refusal(
        self,
        terms: Terms,
        claims: Sequence[Claim],
        *,
        but: UUID | None = None,
        by: Collection[Status] = frozenset(Status),
    ) -> Refusal | None:
        """Return why the claims cannot be had, None when they could."""
        hosts, during = _multiranges(terms, claims)
        rows = await self._database.fetch(
            "SELECT state::text FROM booking WHERE status = ANY ($4::text[]) AND id IN ("
            " SELECT booking_id FROM slot_claim, unnest($1::uuid[], $2::text[]) AS wanted (host, d)"
            " WHERE uuidrange(host_id, host_id, '[]') && uuidrange(host, host, '[]')"
            " AND during && d::tstzmultirange AND booking_id IS DISTINCT FROM $3::uuid)",
            hosts,
            during,
            but,
            list(by),
        )
        others = [BOOKING.read(row["state"]) for row in rows]
        return Refusal(reason=_reason(claims, others)) if others else None

    async def due(self, now: datetime, most: int, *, but: Collection[UUID]) -> Sequence[UUID]:
        """Return the bookings whose saga has to act by itself, the longest due first."""
        rows = await self._database.fetch(
            "SELECT id FROM booking WHERE wake_at <= $1 AND id <> ALL ($3::uuid[])"
            " ORDER BY wake_at LIMIT $2",
            now,
            most,
            list(but),
        )
        return [row["id"] for row in rows]

    async def overlapped(self, host_id: UUID, window: Slot) -> Sequence[Booking]:
        """Return the bookings that claim time of the host within the window."""
        return await self._several(
            "SELECT state::text FROM booking WHERE id IN (SELECT booking_id FROM slot_claim"
            " WHERE uuidrange(host_id, host_id, '[]') && uuidrange($1, $1, '[]')"
            " AND during && tstzmultirange(tstzrange($2, $3)))",
            host_id,
            window.start,
            window.end,
        )

    async def keep(self, booking_id: UUID) -> Booking | None:
        """Return the booking as it is and as it stays until the transaction ends."""
        return await self._one(
            "SELECT state::text FROM booking WHERE id = $1 FOR SHARE", booking_id
        )

    async def undecided(self, host_ids: Collection[UUID]) -> Sequence[Booking]:
        """Return the proposals without holds that want time of any of these hosts."""
        return await self._several(
            "SELECT state::text FROM booking"
            " WHERE status = 'proposed' AND NOT holds AND host_ids && $1::uuid[]",
            list(host_ids),
        )

    async def agenda(
        self, tenant_id: str, host_ids: Collection[UUID], window: Slot
    ) -> Sequence[Booking]:
        """Return the bookings of these hosts that start within the window, in order."""
        return await self._several(
            "SELECT state::text FROM booking WHERE tenant_id = $1 AND host_ids && $2::uuid[]"
            " AND starts_at >= $3 AND starts_at < $4 ORDER BY starts_at, id LIMIT 1000",
            tenant_id,
            list(host_ids),
            window.start,
            window.end,
        )

    async def unanswered(self, tenant_id: str, address: str) -> int:
        """Return how many proposals of a guest's address await an answer."""
        rows = await self._database.fetch(
            "SELECT count(*) AS number FROM booking"
            " WHERE guest_digest = $1 AND status = 'proposed'",
            _guest_digest(tenant_id, address),
        )
        return int(rows[0]["number"])

    async def note_conflict(self, booking: Booking, obstacle: Obstacle) -> bool:
        """Note a conflict; tell whether it is new."""
        rows = await self._database.fetch(
            "INSERT INTO conflict (booking_id, calendar_id, occurrence, slot_start)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING booking_id",
            booking.id,
            obstacle.calendar_id,
            obstacle.occurrence_id or obstacle.slot.start.isoformat(),
            booking.agreed.start,
        )
        return bool(rows)

    async def _one(self, query: str, *values: Any) -> Booking | None:
        return next(iter(await self._several(query, *values)), None)

    async def _several(self, query: str, *values: Any) -> list[Booking]:
        rows: Sequence[Row] = await self._database.fetch(query, *values)
        return [BOOKING.read(row["state"]) for row in rows]

    def _identity(self, booking: Booking) -> tuple[bytes, bytes, bytes]:
        return (
            _guest_digest(booking.tenant_id, booking.guest.address),
            digest_of(secret_of(self._link_key, booking.id, Role.HOST)),
            digest_of(secret_of(self._link_key, booking.id, Role.GUEST)),
        )


def state_of(booking: Booking) -> tuple[Any, ...]:
    """Return the columns that follow a booking through its life."""
    slot = booking.slot or booking.options[0].slot
    return (
        booking.id,
        booking.tenant_id,
        booking.revision,
        booking.status.value,
        booking.host_ids,
        booking.terms.holds,
        slot.start,
        booking.wake_at,
        BOOKING.write(booking),
    )


def _receipt(receipt: Receipt | None) -> tuple[Any, ...]:
    return (receipt.caller, receipt.key, receipt.request) if receipt else (None, None, None)


def _claims(booking: Booking) -> tuple[list[UUID], list[str]]:
    return _multiranges(booking.terms, claims_of(booking))


def _multiranges(terms: Terms, claims: Sequence[Claim]) -> tuple[list[UUID], list[str]]:
    """Return hosts in order, and the time claimed of each as a multirange in PostgreSQL's text."""
    ranges: dict[UUID, list[str]] = defaultdict(list)
    for claim in claims:
        occupied = terms.occupied(claim.slot)
        ranges[claim.host_id].append(f"[{occupied.start.isoformat()},{occupied.end.isoformat()})")
    hosts = sorted(ranges)
    return hosts, [f"{{{','.join(ranges[host])}}}" for host in hosts]


def _reason(claims: Sequence[Claim], others: Sequence[Booking]) -> str:
    """Return the nearest reason: a meeting in the way, then a hold, then only a buffer."""
    in_the_way = [
        other
        for other in others
        if any(
            mine.host_id == theirs.host_id and mine.slot.overlaps(theirs.slot)
            for mine in claims
            for theirs in claims_of(other)
        )
    ]
    if not in_the_way:
        return "buffer"
    held = all(other.status is Status.PROPOSED for other in in_the_way)
    return "held_by_other" if held else "busy_own"


def _guest_digest(tenant_id: str, address: str) -> bytes:
    return hashlib.sha256(f"{tenant_id}|{address.lower()}".encode()).digest()
