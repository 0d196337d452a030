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
    for start, end, state in intervals:
        if joined and start - joined[-1][1] <= gap:
            begin, _, before = joined.pop()
            joined.append((begin, end, min(before, state, key=PRECEDENCE.index)))
        else:
            joined.append((start, end, state))
    return joined
