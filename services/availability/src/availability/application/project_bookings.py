"""Project `booking.events.v1`: the time that our own bookings take."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from operator import attrgetter
from uuid import UUID

from entente_contracts import Booking, BookingEvent, ClaimState
from messaging.delivery import Arrival

from availability.application.changes import HostChange
from availability.application.project_in_turns import Projection, project_in_turns
from availability.domain.intervals import Interval, merged


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
    """A booking and all that it takes at present; nothing once it has ended.

    `times` (a merged set) is all the time that it was ever to take of the hosts `host_ids`, as far
    as it still says so: entries in their calendars may be older than what is claimed.
    """

    booking_id: UUID
    tenant_id: str
    revision: int
    host_ids: Sequence[UUID]
    times: Sequence[Interval]
    claims: Sequence[ProjectedClaim]


async def project_bookings(
    bookings: Projection[ProjectedBooking], arrivals: Sequence[Arrival]
) -> Collection[HostChange]:
    """Apply the arrivals, those of one booking in their order."""
    return await project_in_turns(bookings, arrivals, read=_read, id_of=attrgetter("booking_id"))


def _read(message: object) -> ProjectedBooking | None:
    if isinstance(message, BookingEvent):
        return _booking(message.tenant_id, message.booking)
    return None


def _booking(tenant_id: str, told: Booking) -> ProjectedBooking:
    """Read a booking; a claim in a state that is not known here is as firm as can be."""
    return ProjectedBooking(
        booking_id=told.booking_id,
        tenant_id=tenant_id,
        revision=told.revision,
        host_ids=sorted({it.host_id for it in (*told.hosts, *told.claims)}),
        times=merged(_times(told)),
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


def _times(told: Booking) -> Iterator[Interval]:
    agreed = (told.slot, told.pending_slot, told.previous_slot)
    for it in (*told.claims, *told.options, *agreed):
        if it is not None:
            yield floor(it.start.timestamp()), ceil(it.end.timestamp())
