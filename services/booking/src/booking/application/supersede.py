"""Ending proposals whose dates somebody else got, so that their parties are told."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from entente_contracts import BookingEvent
from messaging.delivery import Delivery

from booking.application.change import change
from booking.application.ports import Bookings
from booking.domain.booking import STANDING, Booking, Refusal, Transition
from booking.domain.claims import Claim, Firmness
from booking.domain.ending import supersede
from booking.domain.slot import Slot


async def supersede_losers(
    bookings: Bookings,
    deliveries: Sequence[Delivery[BookingEvent]],
    *,
    now: Callable[[], datetime],
) -> None:
    """Look at every unheld proposal near the times that bookings got; end those without a date.

    The events tell where to look; whether a date can still be had, the claims of now decide.
    """
    got = [(*got, delivery) for delivery in deliveries for got in _got(delivery.message)]
    hosts = {host_id for host_id, _, _ in got}
    for rival in await bookings.undecided(hosts) if hosts else ():
        cause = next((d for host_id, slot, d in got if _wants(rival, host_id, slot)), None)
        refusal = None if cause is None else await _refusal_of_all(bookings, rival)
        if refusal is not None:

            def decide(booking: Booking, reason: Refusal = refusal) -> Transition | None:
                return supersede(booking, reason, now=now())

            await change(bookings, rival.id, decide, step="supersede", cause=cause)


def _got(event: BookingEvent) -> Iterator[tuple[UUID, Slot]]:
    """Yield the times that the booking occupied when it told of itself, by host."""
    for claim in event.booking.claims:
        yield (
            claim.host_id,
            Slot(claim.start, claim.end).widened(
                timedelta(minutes=claim.buffer_before_minutes),
                timedelta(minutes=claim.buffer_after_minutes),
            ),
        )


def _wants(rival: Booking, host_id: UUID, slot: Slot) -> bool:
    return any(host.host_id == host_id for host in rival.hosts) and any(
        rival.terms.occupied(option.slot).overlaps(slot) for option in rival.options
    )


async def _refusal_of_all(bookings: Bookings, rival: Booking) -> Refusal | None:
    """Return why none of the dates can be had, None while one can or may become free again.

    What is only held, or still asked of its calendars, may.
    """
    refusal = None
    for option in rival.options:
        claims = [Claim(host.host_id, option.slot, Firmness.BOOKED) for host in rival.hosts]
        refusal = await bookings.refusal(rival.terms, claims, but=rival.id, by=STANDING)
        if refusal is None:
            return None
    return refusal
