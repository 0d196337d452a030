"""Turning all proposed dates down."""

from booking.application.change import change
from booking.application.ports import Receipt
from booking.application.services import Services
from booking.domain.booking import Booking
from booking.domain.ending import decline
from booking.domain.parties import Role


async def decline_booking(
    services: Services,
    booking: Booking,
    *,
    by: Role,
    reason: str | None = None,
    expected: int | None = None,
    receipt: Receipt | None = None,
) -> Booking:
    """Return the declined booking; its held time is free again."""
    return await change(
        services.bookings,
        booking.id,
        lambda current: decline(current.expect(expected), by=by, reason=reason, now=services.now()),
        step="decline",
        receipt=receipt,
    )
