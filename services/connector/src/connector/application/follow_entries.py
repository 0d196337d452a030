"""Following what people do with our entries in the provider's own app."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from connector.application import entry_announcements
from connector.application.services import Services
from connector.application.store import Store
from connector.application.take_reading import Result
from connector.domain.calendar import Calendar
from connector.domain.entry import Entry
from connector.domain.own_event import OwnEvent
from connector.domain.window import Window


async def follow_entries(
    services: Services, store: Store, calendar: Calendar, result: Result
) -> None:
    """Announce entries that somebody moved or deleted since they were written.

    Within the caller's transaction, the calendar locked. An echo of what we wrote, a title or a
    note that somebody changed: nothing. An entry whose command is still being carried out is about
    to be written anyway.
    """
    if result.picture is None or not calendar.capabilities.two_way:
        return
    shown: dict[str, list[OwnEvent]] = defaultdict(list)
    for event in (*result.picture.own, *result.elsewhere):
        shown[event.uid].append(event)
    deleted = {(entry.command.uid, entry.generation) for entry in result.deleted}
    now = services.now()
    for entry in await store.entries.standing(calendar.id, after=now):
        events = _current(entry, shown.get(entry.command.uid, []), result.reading.as_of)
        gone = (entry.command.uid, entry.generation) in deleted
        if gone or _is_cancelled(events):
            await store.entries.save(entry.removed(now))
            announcement = entry_announcements.deleted_by_hand(entry.command, now)
            await store.announcer.announce(announcement)
        elif moved_to := _moved_to(entry, events):
            await store.entries.save(entry.moved(moved_to))
            announcement = entry_announcements.moved_by_hand(entry.command, moved_to, now)
            await store.announcer.announce(announcement)


def _current(entry: Entry, events: Sequence[OwnEvent], as_of: datetime) -> list[OwnEvent]:
    """Return what shows the entry as it was last written, not what was read before that.

    Where an app dropped the tag, what was read after the writing was noted will do.
    """
    noted_before = entry.settled_at is not None and entry.settled_at < as_of
    return [
        event
        for event in events
        if event.revision == entry.command.revision or (event.revision is None and noted_before)
    ]


def _is_cancelled(events: Sequence[OwnEvent]) -> bool:
    return bool(events) and all(event.cancelled for event in events)


def _moved_to(entry: Entry, events: Sequence[OwnEvent]) -> Window | None:
    """Return when the entry takes place, if that is not where it stood; copies leave it there."""
    known, draft = entry.stands, entry.command.draft
    if known is None or draft is None:
        return None
    times = [
        event.window(known, draft.timezone)
        for event in sorted(events, key=lambda event: event.sequence)
        if not event.cancelled
    ]
    read = [time for time in times if time is not None]
    return read[-1] if read and known not in read else None
