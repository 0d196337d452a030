"""Project `booking.events.v1`: the time that our own bookings take."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from entente_contracts import Booking, BookingEvent, ClaimState
from messaging.delivery import Arrival, Tombstone

from availability.application.changes import HostChange
from availability.application.endings import Ending, ending


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


class Bookings(Protocol):
    """The projected bookings. A record older than what is known changes nothing."""

    async def put(self, booking: ProjectedBooking, /) -> Collection[HostChange]:
        """Replace a booking; return what that may change."""
        ...

    async def end(self, end: Ending) -> Collection[HostChange]:
        """Forget a booking; return what that may change."""
        ...


async def project_bookings(
    bookings: Bookings, arrivals: Sequence[Arrival]
) -> Collection[HostChange]:
    """Apply the arrivals in their order."""
    changed: set[HostChange] = set()
    for arrival in arrivals:
        if isinstance(arrival, Tombstone):
            changed.update(await bookings.end(ending(arrival)))
        elif isinstance(arrival.message, BookingEvent):
            told = arrival.message
            changed.update(await bookings.put(_booking(told.tenant_id, told.booking)))
    return changed


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
