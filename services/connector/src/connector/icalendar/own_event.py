"""Reads what a calendar shows of an entry of ours."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from connector.domain.own_event import OwnEvent
from connector.icalendar.event import Event, Length, in_utc
from connector.icalendar.overrides import Overrides
from connector.icalendar.recurrence_set import first_instance


def own_events(events: Sequence[Event], booking_id: UUID) -> Iterator[OwnEvent]:
    """Yield the entry of a booking as the events with its UID show it, one per master.

    Of one that was made to recur the instance at DTSTART is the meeting, as an override of that
    instance has it.
    """
    overriding = [event for event in events if event.recurrence_id is not None]
    for master in events:
        if master.recurrence_id is not None:
            continue
        first = first_instance(master)
        replacing = Overrides(overriding, master).replacing(first) if first else []
        readable = [event for event in replacing if event.start is not None or event.cancelled]
        for event in readable or [master]:
            yield _own_event(event, booking_id, cancelled=master.cancelled or event.cancelled)


def _own_event(event: Event, booking_id: UUID, *, cancelled: bool) -> OwnEvent:
    start, end = _times(event)
    return OwnEvent(
        uid=event.uid,
        booking_id=booking_id,
        revision=event.revision,
        sequence=event.sequence,
        start=start,
        end=end,
        cancelled=cancelled,
    )


def _times(event: Event) -> tuple[datetime | date | None, datetime | date | None]:
    start = event.start
    if start is None:
        return None, None
    if isinstance(start, datetime):
        begin = in_utc(start)
        return begin, event.length.end_of(start, begin)
    return start, max(event.length.end_date_of(start), Length(days=1).end_date_of(start))
