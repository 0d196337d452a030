from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from availability.domain.busy_state import BusyState
from availability.domain.free_busy import BusyInterval, free_busy
from availability.domain.host import (
    AllDayOccurrence,
    Calendar,
    Claim,
    ClaimStatus,
    ConnectionState,
    Host,
    TimedOccurrence,
)
from availability.domain.intervals import merged
from availability.domain.layers import Viewpoint
from availability.domain.rules import Staleness, StalePolicy
from availability.domain.sources import SourceReport, SourceState
from availability.domain.working_hours import WorkingHours
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

HOUR = 3600
OURS = UUID(int=7)
ALL_YEAR = frozenset(range(2026 * 12, 2027 * 12))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


NOON = at("2026-06-02T12:00Z")
DAY = (at("2026-06-02T00:00Z"), at("2026-06-03T00:00Z"))


def calendar(number: int = 1, **facts: Any) -> Calendar:
    known: dict[str, Any] = {"as_of": NOON, "months_known": ALL_YEAR, **facts}
    return Calendar(UUID(int=number), **known)


def host(*calendars: Calendar, zone: str = "UTC", **facts: Any) -> Host:
    return Host(UUID(int=99), ZoneInfo(zone), WorkingHours(((),) * 7), calendars, **facts)


def view(
    span: tuple[int, int] = DAY,
    policy: StalePolicy = StalePolicy.RECHECK,
    ignore_booking: UUID | None = None,
) -> Viewpoint:
    return Viewpoint(NOON, span, Staleness(900, policy), ignore_booking)


def hours(found: tuple[BusyInterval, ...]) -> list[tuple[float, float, str]]:
    return [((start - DAY[0]) / HOUR, (end - DAY[0]) / HOUR, state) for start, end, state in found]


def between(start: float, end: float) -> tuple[int, int]:
    return int(DAY[0] + start * HOUR), int(DAY[0] + end * HOUR)


def test_calendars_add_up() -> None:
    one = calendar(1, timed={BusyState.BUSY: [between(9, 10)]})
    two = calendar(2, timed={BusyState.BUSY: [between(9.5, 11), between(13, 14)]})
    assert hours(free_busy(host(one, two), view()).intervals) == [(9, 11, "busy"), (13, 14, "busy")]


def test_the_strongest_state_wins() -> None:
    mixed = calendar(
        timed={
            BusyState.TENTATIVE: [between(8, 18)],
            BusyState.UNKNOWN: [between(9, 16)],
            BusyState.OUT_OF_OFFICE: [between(10, 15)],
            BusyState.BUSY: [between(11, 12)],
            BusyState.FREE: [between(0, 24)],
        }
    )
    assert hours(free_busy(host(mixed), view()).intervals) == [
        (8, 9, "tentative"),
        (9, 10, "unknown"),
        (10, 11, "out_of_office"),
        (11, 12, "busy"),
        (12, 15, "out_of_office"),
        (15, 16, "unknown"),
        (16, 18, "tentative"),
    ]


some = st.lists(
    st.tuples(st.integers(0, 23), st.integers(1, 6)).map(lambda it: between(it[0], it[0] + it[1])),
    max_size=4,
).map(merged)


@given(st.lists(st.dictionaries(st.sampled_from(BusyState), some), max_size=3))
def test_every_hour_is_in_its_strongest_state(pictures: list[dict[BusyState, Any]]) -> None:
    found = free_busy(host(*(calendar(timed=timed) for timed in pictures)), view()).intervals
    shown = {hour: state for start, end, state in found for hour in range(start, end, HOUR)}
    said: dict[int, set[BusyState]] = {}
    for timed in pictures:
        for state, intervals in timed.items():
            for start, end in intervals:
                for hour in range(start, min(end, DAY[1]), HOUR):
                    said.setdefault(hour, set()).add(state)
    strongest = ["busy", "out_of_office", "unknown", "tentative"]
    expected = {
        hour: next(state for state in strongest if state in states)
        for hour, states in said.items()
        if states != {BusyState.FREE}
    }
    assert shown == expected
    assert sum(end - start for start, end, _ in found) == len(expected) * HOUR
    assert list(found) == sorted(found)


def test_only_calendars_that_block_count() -> None:
    silent = calendar(timed={BusyState.BUSY: [between(9, 10)]}, blocks_availability=False)
    assert free_busy(host(silent), view()) == free_busy(host(), view())


def test_months_without_a_picture_are_unknown() -> None:
    span = (at("2026-12-31T00:00Z"), at("2027-01-02T00:00Z"))
    found = free_busy(host(calendar()), view(span)).intervals
    assert found == ((at("2027-01-01T00:00Z"), at("2027-01-02T00:00Z"), BusyState.UNKNOWN),)


@pytest.mark.parametrize("policy", StalePolicy)
@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"as_of": None}, SourceState.NEVER_READ),
        ({"connection": ConnectionState.DISCONNECTED}, SourceState.DISCONNECTED),
    ],
)
def test_a_calendar_that_cannot_speak_makes_everything_unknown_whatever_the_policy(
    policy: StalePolicy, facts: dict[str, Any], state: SourceState
) -> None:
    answer = free_busy(host(calendar(**facts)), view(policy=policy))
    assert hours(answer.intervals) == [(0, 24, "unknown")]
    assert [it.state for it in answer.sources] == [state]


@pytest.mark.parametrize(
    ("age", "state", "unknown"),
    [(900, SourceState.FRESH, False), (901, SourceState.STALE, True)],
)
def test_the_answer_changes_exactly_at_the_bound(
    age: int, state: SourceState, unknown: bool
) -> None:
    answer = free_busy(host(calendar(as_of=NOON - age)), view(policy=StalePolicy.BLOCK))
    assert answer.sources == [SourceReport(UUID(int=1), state, NOON - age)]
    assert hours(answer.intervals) == ([(0, 24, "unknown")] if unknown else [])


@pytest.mark.parametrize("policy", [StalePolicy.RECHECK, StalePolicy.OFFER])
def test_a_stale_picture_is_kept_where_the_policy_says_so(policy: StalePolicy) -> None:
    stale = calendar(as_of=NOON - 7200, timed={BusyState.BUSY: [between(9, 10)]})
    assert hours(free_busy(host(stale), view(policy=policy)).intervals) == [(9, 10, "busy")]


def test_a_calendar_in_trouble_keeps_its_last_good_picture_until_that_is_too_old() -> None:
    for age, expected in ((900, []), (901, [(0, 24, "unknown")])):
        broken = calendar(as_of=NOON - age, connection=ConnectionState.DEGRADED)
        answer = free_busy(host(broken), view(policy=StalePolicy.BLOCK))
        assert answer.sources[0].state is SourceState.DEGRADED
        assert hours(answer.intervals) == expected


def claim(start: float, end: float, **facts: Any) -> Claim:
    known: dict[str, Any] = {"booking_id": OURS, "status": ClaimStatus.CONFIRMED, **facts}
    begin, finish = between(start, end)
    return Claim(start=begin, end=finish, **known)


def test_our_bookings_count_with_their_buffers() -> None:
    claims = [
        claim(9, 10, buffer_before=900, buffer_after=1800),
        claim(14, 15, status=ClaimStatus.HELD, buffer_after=900),
    ]
    assert hours(free_busy(host(claims=claims), view()).intervals) == [
        (8.75, 10.5, "busy"),
        (14, 15.25, "tentative"),
    ]


def entry(start: float, end: float) -> TimedOccurrence:
    return TimedOccurrence(*between(start, end), BusyState.BUSY, "entry", OURS)


def test_the_echo_of_our_booking_is_no_second_block() -> None:
    held = claim(9, 10, status=ClaimStatus.HELD)
    asked = host(calendar(occurrences=[entry(9, 10)]), claims=[held])
    assert hours(free_busy(asked, view()).intervals) == [(9, 10, "tentative")]


def test_nor_is_it_where_the_booking_was_before() -> None:
    moved = host(
        calendar(occurrences=[entry(16, 17)]),
        claims=[claim(9, 10)],
        known_bookings={OURS: [between(9, 10), between(16, 17)]},
    )
    assert hours(free_busy(moved, view()).intervals) == [(9, 10, "busy")]


def test_the_echo_of_an_ended_booking_blocks_no_more() -> None:
    ended = host(calendar(occurrences=[entry(16, 17)]), known_bookings={OURS: [between(16, 17)]})
    assert free_busy(ended, view()).intervals == ()


@pytest.mark.parametrize("ignored", [None, OURS])
def test_an_entry_at_a_time_that_its_booking_never_had_is_a_meeting(ignored: UUID | None) -> None:
    weekly = host(
        calendar(occurrences=[entry(9, 10), entry(16, 17)]),
        claims=[claim(9, 10)],
        known_bookings={OURS: [between(9, 10)]},
    )
    expected = [(16, 17, "busy")] if ignored else [(9, 10, "busy"), (16, 17, "busy")]
    assert hours(free_busy(weekly, view(ignore_booking=ignored)).intervals) == expected


def test_an_entry_that_was_made_longer_is_a_meeting_beyond_its_booking_and_over_its_buffers() -> (
    None
):
    held = claim(9, 10, status=ClaimStatus.HELD, buffer_before=3600, buffer_after=3600)
    asked = host(calendar(occurrences=[entry(8.5, 12)]), claims=[held])
    assert hours(free_busy(asked, view()).intervals) == [
        (8, 8.5, "tentative"),
        (8.5, 9, "busy"),
        (9, 10, "tentative"),
        (10, 12, "busy"),
    ]


def test_an_entry_that_was_made_a_whole_day_is_one_but_for_its_booking() -> None:
    day = date(2026, 6, 2)
    whole = AllDayOccurrence(day, day.replace(day=3), BusyState.OUT_OF_OFFICE, "entry", OURS)
    asked = host(calendar(occurrences=[whole]), known_bookings={OURS: [between(9, 10)]})
    assert hours(free_busy(asked, view()).intervals) == [
        (0, 9, "out_of_office"),
        (10, 24, "out_of_office"),
    ]


def test_the_entry_of_a_booking_we_do_not_know_blocks() -> None:
    start, end = between(16, 17)
    foreign = TimedOccurrence(start, end, BusyState.BUSY, "other", UUID(int=8))
    found = free_busy(host(calendar(occurrences=[foreign]), claims=[claim(9, 10)]), view())
    assert hours(found.intervals) == [(9, 10, "busy"), (16, 17, "busy")]


def test_a_booking_does_not_stand_in_its_own_way() -> None:
    start, end = between(9, 10)
    echo = TimedOccurrence(start, end, BusyState.BUSY, "echo", OURS)
    other = claim(12, 13, booking_id=UUID(int=8))
    asked = host(calendar(occurrences=[echo]), claims=[claim(9, 10), other])
    assert hours(free_busy(asked, view(ignore_booking=OURS)).intervals) == [(12, 13, "busy")]


def test_nor_does_its_entry_where_the_booking_is_not_known_yet() -> None:
    start, end = between(9, 10)
    asked = host(calendar(occurrences=[TimedOccurrence(start, end, BusyState.BUSY, "e", OURS)]))
    assert hours(free_busy(asked, view()).intervals) == [(9, 10, "busy")]
    assert free_busy(asked, view(ignore_booking=OURS)).intervals == ()


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30Z", "2026-10-04T13:00Z"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00Z", "2026-03-29T21:00Z"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00Z", "2026-04-24T21:00Z"),
    ],
)
def test_all_day_is_the_date_as_the_host_lives_it(
    zone: str, day: str, start: str, end: str
) -> None:
    first = date.fromisoformat(day)
    whole = AllDayOccurrence(first, first.replace(day=first.day + 1), BusyState.OUT_OF_OFFICE)
    span = (at(start) - 5 * 86_400, at(end) + 5 * 86_400)
    found = free_busy(host(calendar(occurrences=[whole]), zone=zone), view(span)).intervals
    assert found == ((at(start), at(end), BusyState.OUT_OF_OFFICE),)


def test_an_all_day_occurrence_without_a_known_end_is_cut_to_the_span() -> None:
    endless = AllDayOccurrence(date.min, date.max, BusyState.BUSY)
    found = free_busy(host(calendar(occurrences=[endless]), zone="Pacific/Auckland"), view())
    assert hours(found.intervals) == [(0, 24, "busy")]
