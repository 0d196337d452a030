from collections.abc import Sequence
from itertools import pairwise

import pytest
from availability.domain.intervals import (
    Interval,
    Packed,
    bounds_of,
    clipped,
    merged,
    subtracted,
    union,
)
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

interval = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda it: (it[0], it[0] + it[1]))
some = st.lists(interval, max_size=12)


def instants_of(intervals: Sequence[Interval]) -> set[int]:
    return {instant for start, end in intervals for instant in range(start, end)}


def is_merged(intervals: Sequence[Interval]) -> bool:
    bounds = [bound for interval in intervals for bound in interval]
    return all(earlier < later for earlier, later in pairwise(bounds))


def test_touching_intervals_become_one() -> None:
    assert merged([(3, 5), (1, 3), (7, 9)]) == [(1, 5), (7, 9)]


@given(some)
def test_merging_keeps_every_instant_and_is_smallest(intervals: list[Interval]) -> None:
    union_of_all = merged(intervals)
    assert instants_of(union_of_all) == instants_of(intervals)
    assert is_merged(union_of_all)
    assert merged(union_of_all) == union_of_all


@given(some, some)
def test_union_does_not_care_for_order(one: list[Interval], other: list[Interval]) -> None:
    assert union(one, other) == union(other, one) == merged(one + other)


@given(some, some)
def test_subtraction_leaves_exactly_the_rest(one: list[Interval], other: list[Interval]) -> None:
    left = subtracted(merged(one), merged(other))
    assert instants_of(left) == instants_of(one) - instants_of(other)
    assert is_merged(left)


@given(some, interval)
def test_clipping_keeps_what_lies_inside(intervals: list[Interval], window: Interval) -> None:
    kept = clipped(merged(intervals), window)
    assert instants_of(kept) == instants_of(intervals) & set(range(*window))
    assert is_merged(kept)
    assert list(clipped(Packed(bounds_of(merged(intervals))), window)) == list(kept)


@given(some)
def test_packed_intervals_are_a_sequence_like_any_other(intervals: list[Interval]) -> None:
    union_of_all = merged(intervals)
    packed = Packed(bounds_of(union_of_all))
    assert len(packed) == len(union_of_all)
    assert list(packed) == packed[:] == union_of_all
    assert [packed[place] for place in range(-len(packed), len(packed))] == union_of_all * 2
    assert bounds_of(packed) == bounds_of(union_of_all)
    with pytest.raises(IndexError):
        packed[len(packed)]
