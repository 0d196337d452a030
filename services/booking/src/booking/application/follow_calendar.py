"""Following what people do with a booking's entry in the provider's own app."""

from collections.abc import Callable
from datetime import datetime

from entente_contracts import EntryEvent, EntryMoved, EntryRemoved
from messaging.delivery import Delivery

from booking.application.change import change
from booking.application.errors import NotFoundError, OutrunError, SlotTakenError
from booking.application.ports import Bookings
from booking.domain.booking import AGREED, Booking, Canceller, Obstacle, Transition
from booking.domain.claims import Claim, Firmness
from booking.domain.ending import cancel
from booking.domain.entry import Entry
from booking.domain.rescheduling import moved_back, moved_in_calendar
from booking.domain.slot import Slot


async def follow_removal(
    bookings: Bookings, delivery: Delivery[EntryRemoved], *, now: Callable[[], datetime]
) -> None:
    """Cancel the booking whose entry its owner deleted, unless the meeting has taken place."""
    event = delivery.message

    def decide(booking: Booking) -> Transition | None:
        entry, at = _entry(booking, event), now()
        if entry is None or booking.status not in AGREED or booking.is_over(at):
            return None
        return cancel(booking, by=Canceller.CALENDAR, now=at, gone_from=entry.calendar_id)

    await _follow(bookings, delivery, decide)


async def follow_move(
    bookings: Bookings, delivery: Delivery[EntryMoved], *, now: Callable[[], datetime]
) -> None:
    """Reschedule the booking whose entry its owner moved.

    Where another booking has that time, the entry is moved back and the conflict made known: two
    claims of one host never overlap.
    """
    event = delivery.message
    slot = Slot(event.slot.start, event.slot.end)
    booking = await bookings.load(event.booking_id)
    if booking is None or _entry(booking, event) is None:
        return
    claims = [Claim(host.host_id, slot, Firmness.BOOKED) for host in booking.hosts]
    taken = await bookings.refusal(booking.terms, claims, but=booking.id) is not None

    def decide(current: Booking) -> Transition | None:
        entry = _entry(current, event)
        if entry is None:
            return None
        if taken:
            obstacle = Obstacle(calendar_id=event.calendar_id, slot=slot)
            return moved_back(current, entry, obstacle, observed_at=event.occurred_at, now=now())
        return moved_in_calendar(current, entry, slot, observed_at=event.occurred_at, now=now())

    try:
        await _follow(bookings, delivery, decide)
    except SlotTakenError as error:
        # Claimed since we asked: in the next attempt the question has another answer.
        raise OutrunError("another booking took the time meanwhile") from error


async def _follow(
    bookings: Bookings,
    delivery: Delivery[EntryEvent],
    decide: Callable[[Booking], Transition | None],
) -> None:
    try:
        await change(bookings, delivery.message.booking_id, decide, step="follow", cause=delivery)
    except NotFoundError:
        return


def _entry(booking: Booking, event: EntryEvent) -> Entry | None:
    """Return the meeting's entry that the event speaks of; None for an old or foreign one.

    An entry that was written from a later revision than the one seen has been changed since.
    """
    if booking.tenant_id != event.tenant_id:
        return None
    for entry in booking.entries:
        if (
            entry.is_meeting
            and entry.calendar_id == event.calendar_id
            and entry.uid == event.uid
            and event.booking_revision >= entry.revision
        ):
            return entry
    return None
