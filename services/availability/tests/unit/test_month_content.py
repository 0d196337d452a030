"""What a month's row holds is what was put there."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import pytest
from availability.adapters.month_content import as_text, from_text, packed, unpacked
from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.host import AllDayOccurrence, Occurrence, TimedOccurrence
from availability.domain.intervals import ALWAYS, Interval, merged
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

INTERVALS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda it: (it[0], it[0] + it[1]))
)
TIMES = st.dictionaries(st.sampled_from(PRECEDENCE), INTERVALS.filter(bool).map(merged))
SPANS = st.tuples(st.integers(-5, 70), st.integers(1, 30)).map(lambda it: (it[0], it[0] + it[1]))


def within(intervals: Sequence[Interval], span: Interval) -> list[Interval]:
    cut = [(max(start, span[0]), min(end, span[1])) for start, end in intervals]
    return [(start, end) for start, end in cut if start < end]


@given(TIMES, TIMES, SPANS)
def test_what_lies_within_the_span_comes_back_as_merged_sets(
    one: dict[BusyState, list[Interval]], other: dict[BusyState, list[Interval]], span: Interval
) -> None:
    expected = {
        state: merged([*within(one.get(state, []), span), *within(other.get(state, []), span)])
        for state in (*one, *other)
    }
    found = unpacked(packed(one) + packed(other), span)
    assert {state: list(intervals) for state, intervals in found.items()} == expected


OCCURRENCES: list[Occurrence] = [
    TimedOccurrence(100, 200, BusyState.BUSY, "a"),
    TimedOccurrence(200, 300, BusyState.TENTATIVE, None, UUID(int=7)),
    AllDayOccurrence(date(2026, 3, 1), date(2026, 3, 3), BusyState.OUT_OF_OFFICE, "b", uuid4()),
]


def test_occurrences_come_back_as_they_were() -> None:
    assert [*from_text(as_text(OCCURRENCES), ALWAYS)] == OCCURRENCES


@pytest.mark.parametrize(
    ("span", "names"), [((0, 100), ["b"]), ((199, 200), ["a", "b"]), ((200, 201), [None, "b"])]
)
def test_only_what_may_touch_the_span_is_read(span: Interval, names: list[str | None]) -> None:
    assert [it.occurrence_id for it in from_text(as_text(OCCURRENCES), span)] == names
