"""Busy time in fewer intervals: for messages that may not grow without bound."""

from collections.abc import Iterator, Sequence

from availability.domain.busy_state import PRECEDENCE
from availability.domain.free_busy import BusyInterval
from availability.domain.wall_clock import DAY, MINUTE

_GAPS = (0, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 4 * 60 * MINUTE, DAY, 31 * DAY)


def ever_coarser(intervals: Sequence[BusyInterval]) -> Iterator[Sequence[BusyInterval]]:
    """Yield the intervals as they are, then with ever longer gaps closed, one interval at last.

    Neighbours that are joined take the stronger state. Time that was busy stays busy: gaps are
    only ever closed.
    """
    yield intervals
    for gap in _GAPS:
        yield _joined(intervals, gap)


def _joined(intervals: Sequence[BusyInterval], gap: int) -> Sequence[BusyInterval]:
    joined: list[BusyInterval] = []
    for interval in intervals:
        if joined and interval.start - joined[-1].end <= gap:
            start, _, state = joined.pop()
            strongest = min(state, interval.state, key=PRECEDENCE.index)
            joined.append(BusyInterval(start, interval.end, strongest))
        else:
            joined.append(interval)
    return joined
