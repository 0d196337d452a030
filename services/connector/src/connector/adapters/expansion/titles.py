"""Titles of occurrences, for the calendar's owner."""

from collections.abc import Mapping

from connector.adapters.expansion.work import Task, expand_all
from connector.application.expander import TitledOccurrence
from connector.domain.occurrence import Occurrence, TimedOccurrence
from connector.domain.pushed_resource import MEDIA_TYPE
from connector.domain.window import Window
from connector.icalendar.expand import DEFAULT_LIMITS
from connector.icalendar.titles import Instance, titles


def list_titled(task: Task, window: Window) -> tuple[TitledOccurrence, ...]:
    """List what takes place in the window, by start. Raises NotACalendar, LimitExceeded."""
    found: dict[Instance, str] = {}
    for resource in task.resources:
        if resource.media_type != MEDIA_TYPE:
            zone = task.basis.default_zone
            found |= titles(resource.content, window, default_zone=zone, limits=DEFAULT_LIMITS)
    occurrences = expand_all(task, window).occurrences
    return tuple(_titled(occurrence, found) for occurrence in occurrences)


def _titled(occurrence: Occurrence, found: Mapping[Instance, str]) -> TitledOccurrence:
    title = found.get((occurrence.uid, occurrence.recurrence_id))
    if title is None:
        title = found.get((occurrence.uid, None), "")
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
