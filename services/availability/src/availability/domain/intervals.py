"""Half-open intervals of integer instants, and the set operations on them.

An interval is `(start, end)` with `start < end`; it holds `start` and not `end`, so neighbours
that touch share no instant. A set of intervals is *merged* when it is sorted, disjoint and as
small as possible: touching ones are joined.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias, overload

Interval: TypeAlias = tuple[int, int]

ALWAYS: Interval = (-(1 << 62), 1 << 62)

Bounds: TypeAlias = "array[int] | memoryview[int]"
"""Starts and ends of intervals by turns, as int64 (type code `q`)."""


class Packed(Sequence[Interval]):
    """A merged set of which no interval becomes an object until somebody looks at it."""

    __slots__ = ("bounds",)

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds

    def __len__(self) -> int:
        return len(self.bounds) // 2

    def __iter__(self) -> Iterator[Interval]:
        each = iter(self.bounds.tolist())
        return zip(each, each, strict=True)

    @overload
    def __getitem__(self, index: int) -> Interval: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Interval]: ...
    def __getitem__(self, index: int | slice) -> Interval | Sequence[Interval]:
        if isinstance(index, slice):
            return list(self)[index]
        place = 2 * range(len(self))[index]
        return self.bounds[place], self.bounds[place + 1]


def bounds_of(intervals: Sequence[Interval]) -> Bounds:
    """Return the bounds of intervals, in their order."""
    if isinstance(intervals, Packed):
        return intervals.bounds
    return array("q", chain.from_iterable(intervals))


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


def clipped(intervals: Sequence[Interval], window: Interval) -> Packed:
    """Return the part of a merged set inside `window`, as a merged set."""
    bounds, (first, last) = bounds_of(intervals), window
    if not bounds or (first <= bounds[0] and bounds[-1] <= last):
        return Packed(bounds)
    # The bounds of a merged set only grow, and each second one ends an interval.
    begin = bisect_right(bounds, first)
    end = bisect_left(bounds, last, begin)
    kept = bounds[begin & ~1 : (end + 1) & ~1]
    if (begin | end) & 1:
        kept = array("q", kept.tobytes())
        kept[0], kept[-1] = max(first, kept[0]), min(last, kept[-1])
    return Packed(kept)


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
