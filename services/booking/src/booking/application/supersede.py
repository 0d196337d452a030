"""Ending proposals whose dates somebody else got, so that their parties are told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from entente_contracts import BookingEvent
from messaging.delivery import Delivery

from booking.application.change import change
from booking.application.ports import Bookings
from booking.domain.booking import Booking, Refusal, Transition
from booking.domain.claims import Claim, Firmness, claims_of
from booking.domain.ending import supersede


async def supersede_losers(
    bookings: Bookings,
    deliveries: Sequence[Delivery[BookingEvent]],
    *,
    now: Callable[[], datetime],
) -> None:
    """Look at every unheld proposal near the times that bookings got; end those without a date."""
    wins = await _wins(bookings, deliveries)
    hosts = {claim.host_id for win in wins for claim in claims_of(win.winner)}
    if not hosts:
        return
    for rival in await bookings.undecided(hosts):
        win = next((win for win in wins if win.concerns(rival)), None)
        refusal = await _refusal_of_all(bookings, rival) if win is not None else None
        if win is not None and refusal is not None:

            def decide(booking: Booking, reason: Refusal = refusal) -> Transition | None:
                return supersede(booking, reason, now=now())

            await change(bookings, rival.id, decide, step="supersede", cause=win.delivery)


@dataclass(frozen=True, slots=True)
class _Win:
    """A booking that got a time, as it is now, and the event that told of it."""

    winner: Booking
    delivery: Delivery[BookingEvent]

    def concerns(self, rival: Booking) -> bool:
        """Tell whether a proposal wants time of a host that the winner occupies."""
        return any(
            wanted.host_id == claim.host_id
            and rival.terms.occupied(wanted.slot).overlaps(self.winner.terms.occupied(claim.slot))
            for wanted in _wanted(rival)
            for claim in claims_of(self.winner)
        )


async def _wins(bookings: Bookings, deliveries: Sequence[Delivery[BookingEvent]]) -> list[_Win]:
    by_id = {delivery.message.booking.booking_id: delivery for delivery in deliveries}
    return [_Win(winner, by_id[winner.id]) for winner in await bookings.several(by_id)]


def _wanted(rival: Booking) -> Iterator[Claim]:
    for option in rival.options:
        for host in rival.hosts:
            yield Claim(host.host_id, option.slot, Firmness.BOOKED)


async def _refusal_of_all(bookings: Bookings, rival: Booking) -> Refusal | None:
    """Return why none of the dates can be had, None while one can."""
    refusal = None
    for option in rival.options:
        claims = [Claim(host.host_id, option.slot, Firmness.BOOKED) for host in rival.hosts]
        refusal = await bookings.refusal(rival.terms, claims, but=rival.id)
        if refusal is None:
            return None
    return refusal
