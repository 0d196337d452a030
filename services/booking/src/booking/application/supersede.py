"""Ending proposals whose dates somebody else got, so that their parties are told."""

from collections.abc import Callable
from datetime import datetime

from entente_contracts import BookingEvent
from messaging.delivery import Delivery

from booking.application.change import change
from booking.application.ports import Bookings
from booking.domain.booking import Booking, Refusal, Transition
from booking.domain.claims import Claim, Firmness, claims_of
from booking.domain.ending import supersede


async def supersede_losers(
    bookings: Bookings, delivery: Delivery[BookingEvent], *, now: Callable[[], datetime]
) -> None:
    """Look at every unheld proposal near the time this booking got; end those without a date."""
    winner = await bookings.load(delivery.message.booking.booking_id)
    if winner is None:
        return
    for claim in claims_of(winner):
        window = winner.terms.occupied(claim.slot)
        for rival in await bookings.undecided([claim.host_id], window):
            refusal = await _refusal_of_all(bookings, rival)
            if refusal is not None:

                def decide(booking: Booking, reason: Refusal = refusal) -> Transition | None:
                    return supersede(booking, reason, now=now())

                await change(bookings, rival.id, decide, step="supersede", cause=delivery)


async def _refusal_of_all(bookings: Bookings, rival: Booking) -> Refusal | None:
    """Return why none of the dates can be had, None while one can."""
    refusal = None
    for option in rival.options:
        claims = [Claim(host.host_id, option.slot, Firmness.BOOKED) for host in rival.hosts]
        refusal = await bookings.refusal(rival.terms, claims, but=rival.id)
        if refusal is None:
            return None
    return refusal
