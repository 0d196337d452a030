"""Overlaps: two commitments of one host, in different calendars, at the same time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from availability.domain.busy_state import BUSY_LIKE
from availability.domain.host import Host
from availability.domain.intervals import Interval, clipped, merged
from availability.domain.layers import during

MOST_OVERLAPS = 200
"""More than one message tells of, however short its ids."""

_MOST_COMPARED = 100_000


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


class Overlaps(NamedTuple):
    """Overlaps, sorted. Where they are not complete, none that is left out starts before them."""

    found: tuple[Overlap, ...]
    complete: bool


NO_OVERLAPS = Overlaps((), complete=True)


class _Entry(NamedTuple):
    part: Part
    booking_id: UUID | None


def find_overlaps(host: Host, span: Interval, *, most: int = MOST_OVERLAPS) -> Overlaps:
    """Return the `most` earliest overlaps of the host within `span`.

    The same input has the same answer. Only calendars that block take part, and of them only
    busy-like occurrences. The same meeting seen in two calendars (one opaque id, or one booking of
    ours) is no overlap. An occurrence cut at a month's end is one again. Occurrences without an id
    (merged months) are left out: whether they mirror each other cannot be told.

    Occurrences that all take place at once make quadratically many pairs, of which mirrors are no
    overlaps: past a bound on those that are compared the answer is not complete either.
    """
    pairs = _pairs(_entries(host, span))
    compared = islice(pairs, _MOST_COMPARED)
    earliest = (_overlap(one.part, other.part) for one, other in compared if _differ(one, other))
    found = list(islice(earliest, most + 1))
    complete = len(found) <= most and next(pairs, None) is None
    return Overlaps(tuple(sorted(found[:most])), complete)


def _pairs(entries: Iterable[_Entry]) -> Iterator[tuple[_Entry, _Entry]]:
    """Yield what meets in different calendars, in the order in which the later ones start."""
    running: defaultdict[UUID, list[tuple[int, int, _Entry]]] = defaultdict(list)
    ordered = sorted(entries, key=lambda entry: (entry.part.start, entry.part))
    for number, entry in enumerate(ordered):
        for calendar_id, others in running.items():
            while others and others[0][0] <= entry.part.start:
                heappop(others)
            if calendar_id != entry.part.calendar_id:
                for _, _, other in others:
                    yield entry, other
        heappush(running[entry.part.calendar_id], (entry.part.end, number, entry))


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
    if one.part.occurrence_id == other.part.occurrence_id:
        return False
    return one.booking_id is None or one.booking_id != other.booking_id


def _overlap(one: Part, other: Part) -> Overlap:
    first, second = sorted((one, other))
    return Overlap(max(one.start, other.start), min(one.end, other.end), (first, second))
