"""Choosing one of the proposed dates."""

from uuid import UUID

from booking.application.alternatives import alternatives_for
from booking.application.change import change
from booking.application.errors import SlotTakenError
from booking.application.ports import Receipt
from booking.application.routes import routes_to
from booking.application.services import Services
from booking.domain.booking import Booking
from booking.domain.claims import Claim, Firmness
from booking.domain.confirming import confirm
from booking.domain.parties import Role


async def confirm_booking(
    services: Services,
    booking: Booking,
    option_id: UUID,
    *,
    by: Role,
    expected: int | None = None,
    receipt: Receipt | None = None,
) -> Booking:
    """Return the booking being confirmed: its calendars are asked.

    Raises SlotTakenError with a reason and alternatives where another booking got the time; the
    proposal stays, its other dates can still be chosen.
    """
    routes = await routes_to(services.calendars, booking.host_ids)
    now = services.now()
    try:
        return await change(
            services.bookings,
            booking.id,
            lambda current: confirm(
                current.expect(expected),
                option_id,
                by=by,
                routes=routes,
                answer_by=now + services.policy.answer_within,
                now=now,
            ),
            step="confirm",
            receipt=receipt,
        )
    except SlotTakenError as taken:
        slot = booking.option(option_id).slot
        claims = [Claim(host.host_id, slot, Firmness.BOOKED) for host in booking.hosts]
        raise SlotTakenError(
            await services.bookings.refusal(booking.terms, claims, but=booking.id),
            await alternatives_for(services, booking, slot),
        ) from taken
