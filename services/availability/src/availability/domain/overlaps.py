"""Overlaps: two commitments of one host, in different calendars, at the same time."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from availability.domain.busy_state import BUSY_LIKE
from availability.domain.host import Host
from availability.domain.intervals import Interval, clipped, merged
from availability.domain.layers import during


class Part(NamedTuple):
    """An occurrence that takes part in an overlap; its whole extent within the span looked at."""

    calendar_id: UUID
    occurrence_id: str
    start: int
    end: int


class Overlap(NamedTuple):
    """The time at which two occurrences both take place, `parts` in the order of their ids."""

    start: int
    end: int
    parts: tuple[Part, Part]


class _Entry(NamedTuple):
    part: Part
    booking_id: UUID | None


def find_overlaps(host: Host, span: Interval) -> tuple[Overlap, ...]:
    """Return every overlap of the host within `span`, sorted; the same input, the same answer.

    Only calendars that block take part, and of them only busy-like occurrences. The same meeting
    seen in two calendars (one opaque id, or one booking of ours) is no overlap. An occurrence cut
    at a month's end is one again. Occurrences without an id (merged months) are left out: whether
    they mirror each other cannot be told.
    """
    found: list[Overlap] = []
    running: list[_Entry] = []
    for entry in sorted(_entries(host, span), key=lambda entry: (entry.part.start, entry.part)):
        running = [other for other in running if other.part.end > entry.part.start]
        found.extend(_overlap(entry.part, other.part) for other in running if _differ(entry, other))
        running.append(entry)
    return tuple(sorted(found))


def _entries(host: Host, span: Interval) -> Iterator[_Entry]:
    extents: defaultdict[tuple[UUID, str, UUID | None], list[Interval]] = defaultdict(list)
    for calendar in host.calendars:
        if not calendar.blocks_availability:
            continue
        for occurrence in calendar.occurrences:
            if occurrence.state not in BUSY_LIKE or occurrence.occurrence_id is None:
                continue
            interval = during(occurrence, host.zone, span)
            if interval is not None:
                whose = (calendar.calendar_id, occurrence.occurrence_id, occurrence.booking_id)
                extents[whose].append(interval)
    for (calendar_id, occurrence_id, booking_id), intervals in extents.items():
        for start, end in clipped(merged(intervals), span):
            yield _Entry(Part(calendar_id, occurrence_id, start, end), booking_id)


def _differ(one: _Entry, other: _Entry) -> bool:
    if one.part.calendar_id == other.part.calendar_id:
        return False
    if one.part.occurrence_id == other.part.occurrence_id:
        return False
    return one.booking_id is None or one.booking_id != other.booking_id


def _overlap(one: Part, other: Part) -> Overlap:
    first, second = sorted((one, other))
    return Overlap(max(one.start, other.start), min(one.end, other.end), (first, second))
