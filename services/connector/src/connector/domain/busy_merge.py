"""Joins busy time that overlaps into a shorter list that blocks at least as much."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from connector.domain.busy_state import BusyState, strongest


class Interval(NamedTuple):
    """A half-open interval of instants in one state."""

    start: datetime
    end: datetime
    state: BusyState


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return disjoint intervals, ascending; where several overlap the strongest state holds.

    Neighbours in the same state become one. Free time and zero lengths leave no trace.
    """
    merged: list[Interval] = []
    for interval in _segments(intervals):
        last = merged[-1] if merged else None
        if last and last.end == interval.start and last.state is interval.state:
            merged[-1] = last._replace(end=interval.end)
        else:
            merged.append(interval)
    return merged


def widen(intervals: Iterable[Interval], grid: timedelta, origin: datetime) -> Iterator[Interval]:
    """Yield the intervals with both ends moved outwards to a grid that begins at `origin`."""
    for interval in intervals:
        start = origin + (interval.start - origin) // grid * grid
        end = origin - (origin - interval.end) // grid * grid
        yield Interval(start, end, interval.state)


def _segments(intervals: Iterable[Interval]) -> Iterator[Interval]:
    changes: dict[datetime, Counter[BusyState]] = {}
    for start, end, state in intervals:
        if start < end and state is not BusyState.FREE:
            changes.setdefault(start, Counter())[state] += 1
            changes.setdefault(end, Counter())[state] -= 1
    current: Counter[BusyState] = Counter()
    begin: datetime | None = None
    for moment in sorted(changes):
        state = strongest(state for state, number in current.items() if number)
        if begin is not None and state is not BusyState.FREE:
            yield Interval(begin, moment, state)
        for changed, number in changes[moment].items():
            current[changed] += number
        begin = moment
