"""Noting what a calendar answers about an entry it was told to write or remove."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from entente_contracts import (
    EntryDelivery,
    EntryEvent,
    EntryFailed,
    EntryRefused,
    EntryRemoved,
    EntryWritten,
)
from messaging.delivery import Delivery

from booking.application.change import change
from booking.application.errors import NotFoundError
from booking.application.ports import Bookings
from booking.domain.answers import entry_failed, entry_refused, entry_removed, entry_written
from booking.domain.booking import Booking, Obstacle, Refusal, Transition
from booking.domain.slot import Slot


async def note_answer(
    bookings: Bookings, delivery: Delivery[EntryEvent], *, now: Callable[[], datetime]
) -> None:
    """Note the answer; one to a command that was replaced or answered already changes nothing.

    A conflict that is known already, from the calendar's month, is not announced again.
    """
    event = delivery.message
    is_known = False

    def decide(booking: Booking) -> Transition | None:
        if booking.tenant_id != event.tenant_id:
            return None
        transition = _transition(booking, event, now())
        if transition is not None and is_known:
            return replace(transition, fact=None, obstacle=None)
        return transition

    booking = await bookings.load(event.booking_id)
    expected = decide(booking) if booking else None
    if expected is not None and expected.obstacle is not None:
        is_known = not await bookings.note_conflict(expected.after, expected.obstacle)
    try:
        await change(bookings, event.booking_id, decide, step="answer", cause=delivery)
    except NotFoundError:
        # Not a booking of ours, or one whose story we have forgotten.
        return


def _transition(booking: Booking, event: EntryEvent, now: datetime) -> Transition | None:
    command_id = event.command_id
    if command_id is None:
        return None
    match event:
        case EntryWritten():
            return entry_written(
                booking,
                command_id,
                by_mail=event.delivery == EntryDelivery.MAIL,
                conference_url=event.conference_url,
                now=now,
            )
        case EntryRefused():
            obstacle = _obstacle(event)
            refusal = Refusal(
                reason=event.reason.value,
                calendar_id=obstacle.calendar_id if obstacle else event.calendar_id,
                found_busy=obstacle.slot if obstacle else None,
            )
            return entry_refused(booking, command_id, refusal=refusal, obstacle=obstacle, now=now)
        case EntryFailed() if event.permanent:
            return entry_failed(booking, command_id, now=now)
        case EntryRemoved():
            return entry_removed(booking, command_id, now=now)
        case _:
            return None


def _obstacle(event: EntryRefused) -> Obstacle | None:
    for conflict in event.conflicts:
        return Obstacle(
            calendar_id=conflict.calendar_id,
            slot=Slot(conflict.start, conflict.end),
            occurrence_id=conflict.occurrence_id,
        )
    return None
