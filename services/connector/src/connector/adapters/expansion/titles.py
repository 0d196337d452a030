"""Titles of occurrences, for the calendar's owner."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from icalendar import Calendar, Component

from connector.adapters.expansion.work import Task, expand_all
from connector.application.expander import TitledOccurrence
from connector.domain.occurrence import Occurrence, TimedOccurrence
from connector.domain.pushed_resource import MEDIA_TYPE
from connector.domain.source import Resource
from connector.domain.window import Window

_Key = tuple[str, datetime | date | None]


def list_titled(task: Task, window: Window) -> tuple[TitledOccurrence, ...]:
    """List what takes place in the window, by start. Raises NotACalendar, LimitExceeded."""
    titles = dict(_titles(task.resources))
    occurrences = expand_all(task, window).occurrences
    return tuple(_titled(occurrence, titles) for occurrence in occurrences)


def _titles(resources: Iterable[Resource]) -> Iterable[tuple[_Key, str]]:
    for resource in resources:
        if resource.media_type == MEDIA_TYPE:
            continue
        for calendar in Calendar.from_ical(resource.content, multiple=True):
            events: list[Component] = calendar.walk("VEVENT")  # pyright: ignore[reportUnknownMemberType]  # its filter is untyped
            for event in events:
                recurrence = event.get("RECURRENCE-ID")
                instance = _utc(recurrence.dt) if recurrence is not None else None
                yield (str(event.get("UID", "")), instance), str(event.get("SUMMARY", ""))


def _utc(moment: datetime | date) -> datetime | date:
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return moment


def _titled(occurrence: Occurrence, titles: Mapping[_Key, str]) -> TitledOccurrence:
    title = titles.get((occurrence.uid, occurrence.recurrence_id))
    if title is None:
        title = titles.get((occurrence.uid, None), "")
    if isinstance(occurrence, TimedOccurrence):
        start, end = occurrence.start.isoformat(), occurrence.end.isoformat()
    else:
        start, end = occurrence.start_date.isoformat(), occurrence.end_date.isoformat()
    return TitledOccurrence(
        start=start,
        end=end,
        all_day=not isinstance(occurrence, TimedOccurrence),
        state=occurrence.state.value,
        title=title,
    )
