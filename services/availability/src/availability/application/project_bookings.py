"""Project `booking.events.v1`: the time that our own bookings take."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from entente_contracts import Booking, BookingEvent, ClaimState
from messaging.delivery import Arrival, Tombstone

from availability.application.changes import HostChange
from availability.application.endings import Ending, ending
from availability.application.of_kind import of_kind


@dataclass(frozen=True, slots=True)
class ProjectedClaim:
    """Time of a host from `start` to `end` (aware), and what is kept free around it."""

    host_id: UUID
    start: datetime
    end: datetime
    held: bool
    buffer_before: timedelta
    buffer_after: timedelta


@dataclass(frozen=True, slots=True)
class ProjectedBooking:
    """A booking and all that it takes at present; nothing once it has ended."""

    booking_id: UUID
    tenant_id: str
    revision: int
    claims: Sequence[ProjectedClaim]


_Fact = ProjectedBooking | Ending


class Bookings(Protocol):
    """The projected bookings. A record older than what is known changes nothing."""

    async def put(self, bookings: Collection[ProjectedBooking]) -> Collection[HostChange]:
        """Replace bookings, each of them once; return what that may change."""
        ...

    async def end(self, ends: Collection[Ending]) -> Collection[HostChange]:
        """Forget bookings, each of them once; return what that may change."""
        ...


async def project_bookings(
    bookings: Bookings, arrivals: Sequence[Arrival]
) -> Collection[HostChange]:
    """Apply the arrivals, those of one booking in their order and different ones at once."""
    changed: set[HostChange] = set()
    for facts in _in_turns(filter(None, map(_fact, arrivals))):
        changed.update(await bookings.put(of_kind(ProjectedBooking, facts)))
        changed.update(await bookings.end(of_kind(Ending, facts)))
    return changed


def _in_turns(facts: Iterable[_Fact]) -> Sequence[Sequence[_Fact]]:
    """Return what was told first of each booking, what was told second, and so on."""
    told: Counter[UUID] = Counter()
    turns: list[list[_Fact]] = []
    for fact in facts:
        booking_id = fact.id if isinstance(fact, Ending) else fact.booking_id
        turn = told[booking_id]
        told[booking_id] += 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(fact)
    return turns


def _fact(arrival: Arrival) -> _Fact | None:
    if isinstance(arrival, Tombstone):
        return ending(arrival)
    if isinstance(arrival.message, BookingEvent):
        return _booking(arrival.message.tenant_id, arrival.message.booking)
    return None


def _booking(tenant_id: str, told: Booking) -> ProjectedBooking:
    """Read a booking; a claim in a state that is not known here is as firm as can be."""
    return ProjectedBooking(
        booking_id=told.booking_id,
        tenant_id=tenant_id,
        revision=told.revision,
        claims=[
            ProjectedClaim(
                host_id=claim.host_id,
                start=claim.start,
                end=claim.end,
                held=claim.state == ClaimState.HELD,
                buffer_before=timedelta(minutes=claim.buffer_before_minutes),
                buffer_after=timedelta(minutes=claim.buffer_after_minutes),
            )
            for claim in told.claims
        ],
    )
