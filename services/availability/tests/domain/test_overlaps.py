from datetime import date, datetime
from itertools import combinations
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from availability.domain.busy_state import BUSY_LIKE, BusyState
from availability.domain.host import AllDayOccurrence, Calendar, Host, Occurrence, TimedOccurrence
from availability.domain.overlaps import (
    MOST_OVERLAPS,
    NO_OVERLAPS,
    Overlap,
    Overlaps,
    Part,
    find_overlaps,
)
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
    assert found == Overlaps((Overlap(june("10:30"), june("11:00"), parts),), complete=True)


def test_commitments_that_touch_do_not_overlap() -> None:
    asked = host(work=[meeting("a", "10:00", "11:00")], home=[meeting("b", "11:00", "12:00")])
    assert find_overlaps(asked, DAY) == NO_OVERLAPS


def test_one_calendar_may_hold_what_it_likes() -> None:
    both: list[Occurrence] = [meeting("a", "10:00", "11:00"), meeting("b", "10:00", "11:00")]
    assert find_overlaps(host(work=both), DAY) == NO_OVERLAPS


def test_the_same_meeting_in_two_calendars_is_one_meeting() -> None:
    asked = host(work=[meeting("a", "10:00", "11:00")], home=[meeting("a", "10:00", "11:00")])
    assert find_overlaps(asked, DAY) == NO_OVERLAPS


def test_our_booking_mirrored_is_one_meeting() -> None:
    asked = host(
        work=[meeting("a", "10:00", "11:00", booking_id=OURS)],
        home=[meeting("b", "10:00", "11:00", booking_id=OURS)],
    )
    assert find_overlaps(asked, DAY) == NO_OVERLAPS


@pytest.mark.parametrize("state", BusyState)
def test_only_commitments_count(state: BusyState) -> None:
    asked = host(
        work=[meeting("a", "10:00", "11:00", state)], home=[meeting("b", "10:00", "11:00")]
    )
    assert (find_overlaps(asked, DAY) != NO_OVERLAPS) is (state in BUSY_LIKE)


def test_calendars_that_do_not_block_are_left_out() -> None:
    calendars: dict[str, list[Occurrence]] = {
        "work": [meeting("a", "10:00", "11:00")],
        "home": [meeting("b", "10:00", "11:00")],
    }
    assert find_overlaps(host(HOME, **calendars), DAY) == NO_OVERLAPS


def test_what_has_no_id_cannot_be_told_from_a_mirror() -> None:
    asked = host(work=[meeting(None, "10:00", "11:00")], home=[meeting("b", "10:00", "11:00")])
    assert find_overlaps(asked, DAY) == NO_OVERLAPS


def test_an_occurrence_cut_at_the_end_of_a_month_is_whole_again() -> None:
    halves: list[Occurrence] = [
        meeting("a", "10:00", "11:00"),
        meeting("a", "11:00", "12:00"),
    ]
    asked = host(work=halves, home=[meeting("b", "10:30", "11:30")])
    ((found,), _) = find_overlaps(asked, DAY)
    assert (found.start, found.end) == (june("10:30"), june("11:30"))


def test_a_day_off_overlaps_a_meeting_in_the_hosts_zone() -> None:
    day_off = AllDayOccurrence(date(2026, 6, 2), date(2026, 6, 3), BusyState.OUT_OF_OFFICE, "off")
    asked = host(work=[meeting("a", "21:30", "22:30")], home=[day_off])
    ((found,), _) = find_overlaps(asked, DAY)
    assert (found.start, found.end) == (june("21:30"), june("22:00"))


@st.composite
def meetings(draw: st.DrawFn) -> Occurrence:
    start = DAY[0] + draw(st.integers(-5, 30)) * HOUR
    end = start + draw(st.integers(1, 6)) * HOUR
    name = draw(st.sampled_from("abcdefgh"))
    # One id never meets itself in one calendar here: its hour is part of its name.
    return TimedOccurrence(start, end, BusyState.BUSY, f"{name}{start}")


calendars = st.fixed_dictionaries({it: st.lists(meetings()) for it in ("work", "home", "club")})


@given(calendars, st.integers(0, 30))
def test_every_pair_is_found_from_the_earliest_on_whatever_the_order(
    calendars: dict[str, list[Occurrence]], most: int
) -> None:
    unique = {
        name: list({it.occurrence_id: it for it in found}.values())
        for name, found in calendars.items()
    }
    found, complete = find_overlaps(host(**unique), DAY, most=10_000)
    assert complete
    backwards = {name: unique[name][::-1] for name in reversed(unique)}
    assert found == find_overlaps(host(**backwards), DAY, most=10_000).found
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

    earliest, all_told = find_overlaps(host(**unique), DAY, most=most)
    assert all_told is (len(found) <= most)
    assert set(earliest) <= set(found)
    assert [it.start for it in earliest] == [it.start for it in found[:most]]


def test_many_at_once_are_not_all_compared() -> None:
    each = 3_000  # nine million pairs
    work: list[Occurrence] = [meeting(f"a{it}", "10:00", "11:00") for it in range(each)]
    home: list[Occurrence] = [meeting(f"b{it}", "10:00", "11:00") for it in range(each)]
    found, complete = find_overlaps(host(work=work, home=home), DAY)
    assert (len(found), complete) == (MOST_OVERLAPS, False)


def test_mirrors_of_one_booking_are_not_all_compared_either() -> None:
    each = 3_000
    work, home = (
        [meeting(f"{name}{it}", "10:00", "11:00", booking_id=OURS) for it in range(each)]
        for name in "ab"
    )
    assert find_overlaps(host(work=[*work], home=[*home]), DAY) == Overlaps((), complete=False)


def test_what_one_calendar_holds_at_once_hides_nothing() -> None:
    work: list[Occurrence] = [meeting(f"a{it}", "08:00", "20:00") for it in range(3_000)]
    home: list[Occurrence] = [meeting("b", "19:00", "21:00")]
    asked = host(work=work[:150], home=home)
    assert len(find_overlaps(asked, DAY).found) == 150
    assert find_overlaps(host(work=work, home=[]), DAY) == NO_OVERLAPS
