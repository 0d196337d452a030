"""Half-open intervals of integer instants, and the set operations on them.

An interval is `(start, end)` with `start < end`; it holds `start` and not `end`, so neighbours
that touch share no instant. A set of intervals is *merged* when it is sorted, disjoint and as
small as possible: touching ones are joined.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from struct import iter_unpack
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]

ALWAYS: Interval = (-(1 << 62), 1 << 62)

_POSTGRES_EPOCH = 946_684_800  # 2000-01-01T00:00Z
_MICROSECONDS = 1_000_000


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return intervals given in any order, overlapping or not, as a merged set."""
    ordered = sorted(intervals)
    if not ordered:
        return []
    union: list[Interval] = []
    start, end = ordered[0]
    for next_start, next_end in ordered:
        if next_start > end:
            union.append((start, end))
            start, end = next_start, next_end
        elif next_end > end:
            end = next_end
    union.append((start, end))
    return union


def union(*many: Iterable[Interval]) -> list[Interval]:
    """Return several sets of intervals, each in any order, as one merged set."""
    return merged(chain.from_iterable(many))


def clipped(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """Return the parts of `intervals` inside `window`, in the order given."""
    first, last = window
    return [  # comparisons, as two calls for each interval cost more than the rest
        (max(first, start), min(last, end))
        for start, end in intervals
        if start < last and end > first
    ]


def subtracted(intervals: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """Return what is left of `intervals` without `taken`; both merged, and so is the result."""
    left: list[Interval] = []
    position = 0
    for start, end in intervals:
        begin = start
        while position < len(taken) and taken[position][1] <= begin:
            position += 1
        cursor = position
        while cursor < len(taken) and taken[cursor][0] < end:
            taken_start, taken_end = taken[cursor]
            if taken_start > begin:
                left.append((begin, taken_start))
            begin = max(begin, taken_end)
            cursor += 1
        if begin < end:
            left.append((begin, end))
    return left


def unpacked(packed: bytes) -> list[Interval]:
    """Decode PostgreSQL's `timestamptz_send(starts) || timestamptz_send(ends)`, aggregated.

    In: pairs of big-endian int64 microseconds since 2000-01-01Z. Out: a merged set in whole
    seconds, rounded outwards so that a fraction of a second is never lost; rows that take no time
    are left out.
    """
    # Merged first, as less than half of them are left to be converted then; and once more, as
    # rounding may close what was between two.
    whole = [
        (
            start // _MICROSECONDS + _POSTGRES_EPOCH,
            -(-end // _MICROSECONDS) + _POSTGRES_EPOCH,
        )
        for start, end in merged(iter_unpack(">qq", packed))
        if start < end
    ]
    return merged(whole)
