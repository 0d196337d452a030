"""Cancelling a booking, by either party."""

from booking.application.change import change
from booking.application.ports import Receipt
from booking.application.services import Services
from booking.domain.booking import Booking, Canceller
from booking.domain.ending import cancel
from booking.domain.parties import Role


async def cancel_booking(
    services: Services,
    booking: Booking,
    *,
    by: Role,
    reason: str | None = None,
    expected: int | None = None,
    receipt: Receipt | None = None,
) -> Booking:
    """Return the cancelled booking: entries are removed, both parties are told.

    Raises AlreadyEndedError the second time.
    """
    return await change(
        services.bookings,
        booking.id,
        lambda current: cancel(
            current.expect(expected), by=Canceller(by.value), reason=reason, now=services.now()
        ),
        step="cancel",
        receipt=receipt,
    )
