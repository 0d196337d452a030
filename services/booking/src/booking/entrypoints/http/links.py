"""Bookings for whoever has a party's link: guests, and hosts who answer from a mail.

Reading never changes anything: mail scanners follow every link.
"""

from fastapi import APIRouter, Depends

from booking.application.cancel import cancel_booking
from booking.application.confirm import confirm_booking
from booking.application.decline import decline_booking
from booking.application.reschedule import reschedule_booking
from booking.entrypoints.http.bookings import From, To
from booking.entrypoints.http.models import BookingOut, ChoiceIn, MoveIn, ReasonIn, SlotOut
from booking.entrypoints.http.offered import offered_slots
from booking.entrypoints.http.provided import UseOpened, UseServices, counted
from booking.entrypoints.http.receipts import OfRequest

router = APIRouter(
    prefix="/v1/public/bookings/{booking_id}/{party}",
    tags=["guests"],
    dependencies=[Depends(counted)],
)


@router.get("")
async def get(opened: UseOpened) -> BookingOut:
    """Return the booking."""
    return BookingOut.of(opened.booking)


@router.get("/slots")
async def slots_to_move(
    opened: UseOpened, services: UseServices, start: From, end: To
) -> list[SlotOut]:
    """Return the slots the booking could move to; its own time counts as free."""
    booking = opened.booking
    kind = await services.meeting_types.get(booking.tenant_id, booking.terms.meeting_type_id)
    if kind is None:
        return []
    return await offered_slots(services, kind, start, end, moving=booking)


@router.post("/confirm")
async def confirm(
    opened: UseOpened, body: ChoiceIn, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Choose one of the proposed dates."""
    confirmed = await confirm_booking(
        services,
        opened.booking,
        body.option_id,
        by=opened.party,
        expected=body.revision,
        receipt=opened.receipt(receipts),
    )
    return BookingOut.of(confirmed)


@router.post("/decline")
async def decline(
    opened: UseOpened, body: ReasonIn, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Turn all proposed dates down."""
    declined = await decline_booking(
        services,
        opened.booking,
        by=opened.party,
        reason=body.reason,
        expected=body.revision,
        receipt=opened.receipt(receipts),
    )
    return BookingOut.of(declined)


@router.post("/cancel")
async def cancel(
    opened: UseOpened, body: ReasonIn, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Cancel the booking; a second time it is `already_ended`, and nobody is told again."""
    cancelled = await cancel_booking(
        services,
        opened.booking,
        by=opened.party,
        reason=body.reason,
        expected=body.revision,
        receipt=opened.receipt(receipts),
    )
    return BookingOut.of(cancelled)


@router.post("/reschedule")
async def reschedule(
    opened: UseOpened, body: MoveIn, services: UseServices, receipts: OfRequest
) -> BookingOut:
    """Move the meeting."""
    moving = await reschedule_booking(
        services,
        opened.booking,
        body.start,
        by=opened.party,
        expected=body.revision,
        receipt=opened.receipt(receipts),
    )
    return BookingOut.of(moving)
