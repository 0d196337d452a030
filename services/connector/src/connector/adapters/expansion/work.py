"""What a worker process does: plain functions of plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.application.expander import Basis, Picture
from connector.domain.busy_in import busy_in
from connector.domain.expansion import BrokenEvent, Expansion
from connector.domain.month_picture import Busy, month_pictures
from connector.domain.occurrence import Occurrence, TimedOccurrence
from connector.domain.own_event import OwnEvent
from connector.domain.pushed_resource import MEDIA_TYPE, read_pushed
from connector.domain.source import Resource
from connector.domain.window import Window
from connector.icalendar.expand import expand


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The resources of one calendar, and what they are to be read under."""

    resources: tuple[Resource, ...] = field(repr=False)
    basis: Basis
    tenant_key: bytes = field(repr=False)


def make_picture(task: Task) -> Picture:
    """Make the pictures of all months. Raises NotACalendar, LimitExceeded."""
    whole = expand_all(task, task.basis.horizon.window)
    return Picture(
        months=month_pictures(whole, tenant_key=task.tenant_key),
        broken=whole.broken,
        entries=len({occurrence.uid for occurrence in whole.occurrences}),
        own=whole.own,
        name=whole.name,
        timezone=whole.timezone,
    )


def list_busy(task: Task, window: Window) -> tuple[Busy, ...]:
    """List what is not free in the window. Raises NotACalendar, LimitExceeded."""
    return busy_in(expand_all(task, window), tenant_key=task.tenant_key)


def expand_all(task: Task, window: Window) -> Expansion:
    """Expand all resources as one calendar; what it says of itself, the first says."""
    occurrences: list[Occurrence] = []
    broken: list[BrokenEvent] = []
    own: list[OwnEvent] = []
    name: str | None = None
    timezone: str | None = None
    for expansion in _expansions(task, window):
        occurrences += expansion.occurrences
        broken += expansion.broken
        own += expansion.own
        name = name or expansion.name
        timezone = timezone or expansion.timezone
    return Expansion(
        window=window,
        occurrences=tuple(sorted(occurrences, key=_order)),
        broken=tuple(broken),
        own=tuple(own),
        name=name,
        timezone=timezone,
    )


def _expansions(task: Task, window: Window) -> Iterator[Expansion]:
    for resource in task.resources:
        if resource.media_type == MEDIA_TYPE:
            yield Expansion(window, _in_window(read_pushed(resource.content), window), ())
        else:
            yield expand(
                resource.content,
                window,
                owner_addresses=frozenset({task.basis.owner_address}),
                default_zone=task.basis.default_zone,
                own_uids=task.basis.own_uids,
            )


def _in_window(occurrences: Sequence[Occurrence], window: Window) -> tuple[Occurrence, ...]:
    return tuple(
        occurrence
        for occurrence in occurrences
        if (
            window.covers(occurrence.start, occurrence.end)
            if isinstance(occurrence, TimedOccurrence)
            else window.covers_dates(occurrence.start_date, occurrence.end_date)
        )
    )


def _order(occurrence: Occurrence) -> tuple[bool, date, date, str]:
    """Order timed before all-day, by start: the same calendar always gives the same picture."""
    if isinstance(occurrence, TimedOccurrence):
        return False, occurrence.start, occurrence.end, occurrence.uid
    return True, occurrence.start_date, occurrence.end_date, occurrence.uid
