"""Busy time as all peers can be asked for it: half-open intervals of Unix seconds."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]


def merged(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """Return the intervals within the window: in order, disjoint, touching ones joined."""
    first, last = window
    found: list[Interval] = []
    for start, end in sorted(intervals):
        begin, until = max(start, first), min(end, last)
        if begin >= until:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((begin, until))
    return found


def instant(seconds: int) -> datetime:
    """Return the aware moment."""
    return datetime.fromtimestamp(seconds, UTC)
