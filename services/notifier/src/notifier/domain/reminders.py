"""When parties are reminded of a meeting."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.domain.booking import Booking
from notifier.domain.notices import Kind, Notice


@dataclass(frozen=True, slots=True)
class Timer:
    """A reminder to come: how many minutes before the start, and when that is."""

    minutes_before: int
    due_at: datetime


def timers_of(booking: Booking, *, now: datetime) -> tuple[Timer, ...]:
    """Return the reminders of a meeting that stands, those alone that lie ahead."""
    if not booking.stands or not booking.mailed_by_us:
        return ()
    start = booking.agreed.start
    timers = (Timer(m, start - timedelta(minutes=m)) for m in sorted(set(booking.reminders)))
    return tuple(timer for timer in timers if timer.due_at > now)


def keeps_timers(before: Booking | None, after: Booking) -> bool:
    """Tell whether the reminders that were set are still right.

    A new time sets all of them again, also those that were sent for the old time.
    """
    if before is None or not before.stands or not after.stands:
        return False
    return before.slot == after.slot and before.reminders == after.reminders


def reminders_of(booking: Booking, minutes_before: int, *, now: datetime) -> tuple[Notice, ...]:
    """Return the reminders that are due; none once the meeting has begun or does not stand."""
    if not booking.stands or not booking.mailed_by_us or booking.agreed.start <= now:
        return ()
    occasion = f"{minutes_before}@{booking.agreed.start:%Y%m%dT%H%M%SZ}"
    return tuple(
        Notice(kind=Kind.REMINDER, text="reminder", party=party, booking=booking, occasion=occasion)
        for party in booking.parties
    )
