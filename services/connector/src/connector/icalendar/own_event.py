"""Reads what a calendar shows of an entry of ours."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from connector.domain.own_event import OwnEvent
from connector.icalendar.event import Event


def own_event(event: Event, booking_id: UUID) -> OwnEvent:
    """Return the event as the entry of a booking."""
    start, end = _times(event)
    return OwnEvent(
        uid=event.uid,
        booking_id=booking_id,
        revision=event.revision,
        sequence=event.sequence,
        start=start,
        end=end,
        cancelled=event.cancelled,
    )


def _times(event: Event) -> tuple[datetime | date | None, datetime | date | None]:
    start = event.start
    if start is None:
        return None, None
    if isinstance(start, datetime):
        begin = start.astimezone(UTC)
        return begin, event.length.end_of(start, begin)
    return start, start + timedelta(days=max(event.length.days, 1))
