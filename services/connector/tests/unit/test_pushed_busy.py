from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from connector.domain.busy_state import BusyState
from connector.domain.occurrence import AllDayOccurrence, Occurrence, TimedOccurrence
from connector.domain.pushed_busy import PushWindow, nothing_stated, replace_window
from connector.domain.pushed_resource import read_pushed, write_pushed
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

DAY = date(2026, 11, 10)


def timed(first_hour: int, last_hour: int, uid: str = "a") -> TimedOccurrence:
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    start, end = (midnight + timedelta(hours=hour) for hour in (first_hour, last_hour))
    return TimedOccurrence(uid, None, 0, BusyState.BUSY, None, start=start, end=end)


def days(first: int, end: int, uid: str = "d") -> AllDayOccurrence:
    first_date, end_date = (DAY + timedelta(days=n) for n in (first, end))
    return AllDayOccurrence(
        uid, None, 0, BusyState.BUSY, None, start_date=first_date, end_date=end_date
    )


def window(first: int, end: int) -> PushWindow:
    return PushWindow(DAY + timedelta(days=first), DAY + timedelta(days=end))


def test_a_push_replaces_its_window_and_nothing_else() -> None:
    known = [timed(9, 10, "kept before"), timed(33, 34, "replaced"), timed(57, 58, "kept after")]
    after = replace_window(known, window(1, 2), [timed(30, 31, "new")])
    assert [one.uid for one in after] == ["kept before", "new", "kept after"]


def test_what_crosses_an_edge_is_cut_there() -> None:
    after = replace_window([timed(12, 36), days(0, 3)], window(1, 2), [])
    assert set(after) == {timed(12, 24), days(0, 1), days(2, 3)}


def test_time_that_no_push_spoke_for_stays_unknown() -> None:
    after = nothing_stated()
    for pushed in (window(1, 2), window(3, 5), window(2, 3)):
        after = replace_window(after, pushed, [])
    before, later = after
    assert isinstance(before, TimedOccurrence)
    assert isinstance(later, TimedOccurrence)
    assert {before.state, later.state} == {BusyState.UNKNOWN}
    assert (before.end, later.start) == (timed(24, 25).start, timed(24 * 5, 24 * 5 + 1).start)
    assert (before.start.date(), later.end.date()) == (date.min, date.max)
    assert read_pushed(write_pushed(after).content) == after


def hours(occurrences: Iterable[Occurrence]) -> set[int]:
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    return {
        hour
        for one in occurrences
        if isinstance(one, TimedOccurrence)
        for hour in range(
            int((one.start - midnight) / timedelta(hours=1)),
            int((one.end - midnight) / timedelta(hours=1)),
        )
    }


spans = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 40)).map(lambda s: timed(s[0], s[0] + s[1]))
)


@given(known=spans, pushed=spans, first=st.integers(0, 3), length=st.integers(1, 3))
def test_each_hour_is_as_the_last_push_for_it_said(
    known: list[TimedOccurrence], pushed: list[TimedOccurrence], first: int, length: int
) -> None:
    inside = set(range(first * 24, (first + length) * 24))
    after = replace_window(known, window(first, first + length), pushed)
    assert hours(after) == (hours(known) - inside) | (hours(pushed) & inside)


def test_stored_busy_time_reads_back_as_it_was() -> None:
    occurrences = (timed(9, 10), days(0, 2))
    assert read_pushed(write_pushed(occurrences).content) == occurrences
