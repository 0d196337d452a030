"""Bookings over HTTP, for the hosts' side."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from booking.application.cancel import cancel_booking
from booking.application.confirm import confirm_booking
from booking.application.decline import decline_booking
from booking.application.propose import Wish, propose_booking
from booking.application.reschedule import reschedule_booking
from booking.domain.parties import Role
from booking.entrypoints.http.models import (
    BookingOut,
    ChoiceIn,
    HostsMoveIn,
    InvitationIn,
    ReasonIn,
)
from booking.entrypoints.http.moments import Moment, window_of
from booking.entrypoints.http.provided import UseAccess, UseServices
from booking.entrypoints.http.receipts import OfRequest

From = Annotated[Moment, Query(alias="from")]
To = Annotated[Moment, Query(alias="to", description="After `from`")]
_LONGEST = timedelta(days=366)


router = APIRouter(tags=["bookings"])


@router.post("/v1/bookings", status_code=201)
async def propose(
    body: InvitationIn, access: UseAccess, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Propose dates to a guest, or book one at once."""
    kind = await access.meeting_type(body.meeting_type_id)
    wish = Wish(
        meeting_type=kind,
        initiator=Role.HOST,
        guest=body.guest.guest(),
        starts=body.starts,
        timezone=body.timezone,
        title=body.title,
        description=body.description,
        at_once=body.at_once,
    )
    receipt = access.receipt(receipts)
    return BookingOut.of(await propose_booking(services, wish, receipt=receipt))


@router.get("/v1/bookings")
async def agenda(
    access: UseAccess, services: UseServices, start: From, end: To, host_id: UUID | None = None
) -> list[BookingOut]:
    """List bookings of the caller's hosts that start in `[from, to)`, a year at most."""
    hosts = [await access.host(host_id)] if host_id else await access.hosts()
    window = window_of(start, end, _LONGEST)
    found = await services.bookings.agenda(access.user.tenant_id, [h.id for h in hosts], window)
    return [BookingOut.of(booking) for booking in found]


@router.get("/v1/bookings/{booking_id}")
async def get(booking_id: UUID, access: UseAccess) -> BookingOut:
    """Return a booking."""
    return BookingOut.of(await access.booking(booking_id))


@router.post("/v1/bookings/{booking_id}/confirm")
async def confirm(
    booking_id: UUID, body: ChoiceIn, access: UseAccess, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Choose one of the dates a guest proposed."""
    booking = await access.booking(booking_id)
    confirmed = await confirm_booking(
        services,
        booking,
        body.option_id,
        by=Role.HOST,
        expected=body.revision,
        receipt=access.receipt(receipts),
    )
    return BookingOut.of(confirmed)


@router.post("/v1/bookings/{booking_id}/decline")
async def decline(
    booking_id: UUID, body: ReasonIn, access: UseAccess, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Turn all dates down that a guest proposed."""
    booking = await access.booking(booking_id)
    declined = await decline_booking(
        services,
        booking,
        by=Role.HOST,
        reason=body.reason,
        expected=body.revision,
        receipt=access.receipt(receipts),
    )
    return BookingOut.of(declined)


@router.post("/v1/bookings/{booking_id}/cancel")
async def cancel(
    booking_id: UUID, body: ReasonIn, access: UseAccess, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Cancel a booking."""
    booking = await access.booking(booking_id)
    cancelled = await cancel_booking(
        services,
        booking,
        by=Role.HOST,
        reason=body.reason,
        expected=body.revision,
        receipt=access.receipt(receipts),
    )
    return BookingOut.of(cancelled)


@router.post("/v1/bookings/{booking_id}/reschedule")
async def reschedule(
    booking_id: UUID,
    body: HostsMoveIn,
    access: UseAccess,
    services: UseServices,
    receipts: OfRequest,
) -> BookingOut:
    """Move a meeting to another time, or to other hosts."""
    if answered := await access.answered(receipts):
        return BookingOut.of(answered)
    booking = await access.booking(booking_id)
    if body.host_ids is not None:
        await access.require_hosts(body.host_ids)
    moving = await reschedule_booking(
        services,
        booking,
        body.start,
        by=Role.HOST,
        host_ids=body.host_ids,
        expected=body.revision,
        receipt=access.receipt(receipts),
    )
    return BookingOut.of(moving)
