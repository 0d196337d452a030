"""What the saga does by itself when its time has come."""

from uuid import UUID

from booking.application.alternatives import alternatives_for
from booking.application.change import change
from booking.application.services import Services
from booking.domain.answers import give_up, is_turning_back, rest, silence
from booking.domain.booking import Booking, Transition
from booking.domain.ending import expire


async def wake_booking(services: Services, booking_id: UUID) -> None:
    """Do what is due: expire, turn back after a refusal, or go on without a silent calendar.

    Harmless when it is not due, and when several replicas do it at once.
    """
    booking = await services.bookings.load(booking_id)
    if booking is None:
        return
    refused = booking.move.slot if booking.move else booking.slot
    alternatives = (
        await alternatives_for(services, booking, refused)
        if is_turning_back(booking) and refused is not None
        else ()
    )

    def decide(current: Booking) -> Transition | None:
        now = services.now()
        if current.wake_at is None or current.wake_at > now:
            return None
        return (
            expire(current, now=now)
            or give_up(current, alternatives=alternatives, now=now)
            or silence(current, now=now)
            or rest(current, now=now)
        )

    await change(services.bookings, booking_id, decide, step="wake")
