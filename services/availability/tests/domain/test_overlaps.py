from datetime import date, datetime
from itertools import combinations
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from availability.domain.busy_state import BUSY_LIKE, BusyState
from availability.domain.host import AllDayOccurrence, Calendar, Host, Occurrence, TimedOccurrence
from availability.domain.overlaps import Overlap, Part, find_overlaps
from availability.domain.working_hours import WorkingHours
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

HOUR = 3600
WORK, HOME, CLUB = (UUID(int=number) for number in (1, 2, 3))
OURS = UUID(int=7)


def june(clock: str) -> int:
    return int(datetime.fromisoformat(f"2026-06-02T{clock}Z").timestamp())


DAY = (june("00:00"), june("00:00") + 24 * HOUR)


def meeting(
    name: str | None,
    start: str,
    end: str,
    state: BusyState = BusyState.BUSY,
    booking_id: UUID | None = None,
) -> TimedOccurrence:
    return TimedOccurrence(june(start), june(end), state, name, booking_id)


def host(silent: UUID | None = None, /, **calendars: list[Occurrence]) -> Host:
    ids = {"work": WORK, "home": HOME, "club": CLUB}
    pictures = [
        Calendar(
            ids[name],
            0,
            frozenset(),
            occurrences=occurrences,
            blocks_availability=ids[name] != silent,
        )
        for name, occurrences in calendars.items()
    ]
    return Host(UUID(int=99), ZoneInfo("Europe/Paris"), WorkingHours(((),) * 7), pictures)


def test_two_commitments_in_two_calendars_overlap_once() -> None:
    found = find_overlaps(
        host(work=[meeting("a", "10:00", "11:00")], home=[meeting("b", "10:30", "12:00")]), DAY
    )
    parts = (
        Part(WORK, "a", june("10:00"), june("11:00")),
        Part(HOME, "b", june("10:30"), june("12:00")),
    )
    assert found == (Overlap(june("10:30"), june("11:00"), parts),)


def test_commitments_that_touch_do_not_overlap() -> None:
    asked = host(work=[meeting("a", "10:00", "11:00")], home=[meeting("b", "11:00", "12:00")])
    assert find_overlaps(asked, DAY) == ()


def test_one_calendar_may_hold_what_it_likes() -> None:
    both: list[Occurrence] = [meeting("a", "10:00", "11:00"), meeting("b", "10:00", "11:00")]
    assert find_overlaps(host(work=both), DAY) == ()


def test_the_same_meeting_in_two_calendars_is_one_meeting() -> None:
    asked = host(work=[meeting("a", "10:00", "11:00")], home=[meeting("a", "10:00", "11:00")])
    assert find_overlaps(asked, DAY) == ()


def test_our_booking_mirrored_is_one_meeting() -> None:
    asked = host(
        work=[meeting("a", "10:00", "11:00", booking_id=OURS)],
        home=[meeting("b", "10:00", "11:00", booking_id=OURS)],
    )
    assert find_overlaps(asked, DAY) == ()


@pytest.mark.parametrize("state", BusyState)
def test_only_commitments_count(state: BusyState) -> None:
    asked = host(
        work=[meeting("a", "10:00", "11:00", state)], home=[meeting("b", "10:00", "11:00")]
    )
    assert bool(find_overlaps(asked, DAY)) is (state in BUSY_LIKE)


def test_calendars_that_do_not_block_are_left_out() -> None:
    calendars: dict[str, list[Occurrence]] = {
        "work": [meeting("a", "10:00", "11:00")],
        "home": [meeting("b", "10:00", "11:00")],
    }
    assert find_overlaps(host(HOME, **calendars), DAY) == ()


def test_what_has_no_id_cannot_be_told_from_a_mirror() -> None:
    asked = host(work=[meeting(None, "10:00", "11:00")], home=[meeting("b", "10:00", "11:00")])
    assert find_overlaps(asked, DAY) == ()


def test_an_occurrence_cut_at_the_end_of_a_month_is_whole_again() -> None:
    halves: list[Occurrence] = [
        meeting("a", "10:00", "11:00"),
        meeting("a", "11:00", "12:00"),
    ]
    (found,) = find_overlaps(host(work=halves, home=[meeting("b", "10:30", "11:30")]), DAY)
    assert (found.start, found.end) == (june("10:30"), june("11:30"))


def test_a_day_off_overlaps_a_meeting_in_the_hosts_zone() -> None:
    day_off = AllDayOccurrence(date(2026, 6, 2), date(2026, 6, 3), BusyState.OUT_OF_OFFICE, "off")
    asked = host(work=[meeting("a", "21:30", "22:30")], home=[day_off])
    (found,) = find_overlaps(asked, DAY)
    assert (found.start, found.end) == (june("21:30"), june("22:00"))


@st.composite
def meetings(draw: st.DrawFn) -> Occurrence:
    start = DAY[0] + draw(st.integers(-5, 30)) * HOUR
    end = start + draw(st.integers(1, 6)) * HOUR
    name = draw(st.sampled_from("abcdefgh"))
    # One id never meets itself in one calendar here: its hour is part of its name.
    return TimedOccurrence(start, end, BusyState.BUSY, f"{name}{start}")


@given(st.fixed_dictionaries({it: st.lists(meetings()) for it in ("work", "home", "club")}))
def test_every_pair_is_found_whatever_the_order(calendars: dict[str, list[Occurrence]]) -> None:
    unique = {
        name: list({it.occurrence_id: it for it in found}.values())
        for name, found in calendars.items()
    }
    found = find_overlaps(host(**unique), DAY)
    backwards = {name: unique[name][::-1] for name in reversed(unique)}
    assert found == find_overlaps(host(**backwards), DAY)
    assert list(found) == sorted(found)
    everything = [
        (name, it)
        for name, occurrences in unique.items()
        for it in occurrences
        if isinstance(it, TimedOccurrence)
    ]
    expected = [
        (begin, finish)
        for (one, a), (other, b) in combinations(everything, 2)
        if one != other and a.occurrence_id != b.occurrence_id
        for begin, finish in [(max(a.start, b.start, DAY[0]), min(a.end, b.end, DAY[1]))]
        if begin < finish
    ]
    assert sorted((it.start, it.end) for it in found) == sorted(expected)
