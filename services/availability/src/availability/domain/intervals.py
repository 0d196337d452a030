"""Half-open intervals of integer instants, and the set operations on them.

An interval is `(start, end)` with `start < end`; it holds `start` and not `end`, so neighbours
that touch share no instant. A set of intervals is *merged* when it is sorted, disjoint and as
small as possible: touching ones are joined.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]

ALWAYS: Interval = (-(1 << 62), 1 << 62)

_START = itemgetter(0)
_END = itemgetter(1)


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


def clipped(intervals: Sequence[Interval], window: Interval) -> list[Interval]:
    """Return the part of a merged set inside `window`, as a merged set."""
    first, last = window
    begin = bisect_right(intervals, first, key=_END)
    kept = list(intervals[begin : bisect_left(intervals, last, begin, key=_START)])
    if kept:
        kept[0] = max(first, kept[0][0]), kept[0][1]
        kept[-1] = kept[-1][0], min(last, kept[-1][1])
    return kept


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
