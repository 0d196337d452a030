from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.explain import explain, explain_wall_time
from availability.domain.host import (
    AllDayOccurrence,
    Calendar,
    Claim,
    ClaimStatus,
    ConnectionState,
    Host,
    TimedOccurrence,
)
from availability.domain.reasons import Reason, Refusal
from availability.domain.rules import SlotRules, Staleness, StalePolicy
from availability.domain.slot_request import SlotRequest
from availability.domain.working_hours import Hours, WorkingHours

pytestmark = pytest.mark.unit

MINUTE = 60
HOUR = 60 * MINUTE
WORK = UUID(int=1)
OURS = UUID(int=7)
ALL_YEAR = frozenset(range(2026 * 12, 2027 * 12))
HOURS = WorkingHours(((Hours.between("09:00", "17:00"),),) * 7)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def june(clock: str) -> int:
    """Return the instant of a time on Tuesday 2026-06-02 in UTC."""
    return at(f"2026-06-02T{clock}Z")


NOW = june("08:00")


def calendar(**facts: Any) -> Calendar:
    known: dict[str, Any] = {"as_of": NOW, "months_known": ALL_YEAR, **facts}
    return Calendar(WORK, **known)


def reasons(
    start: int,
    *calendars: Calendar,
    claims: tuple[Claim, ...] = (),
    ignore_booking: UUID | None = None,
    **rules: Any,
) -> list[Refusal]:
    host = Host(UUID(int=99), ZoneInfo("UTC"), HOURS, calendars, claims)
    wanted: dict[str, Any] = {"duration": 30 * MINUTE, "step": 30 * MINUTE, **rules}
    request = SlotRequest(SlotRules(**wanted), (start, start + 1), NOW, ignore_booking)
    return list(explain([host], request, start)[host.host_id])


def test_a_free_start_has_no_reason_against_it() -> None:
    assert reasons(june("10:00"), calendar()) == []


@pytest.mark.parametrize(
    ("start", "rules", "expected"),
    [
        ("08:30", {}, Reason.OUTSIDE_HOURS),
        ("16:31", {}, Reason.OUTSIDE_HOURS),
        ("10:15", {}, Reason.OFF_STEP),
        ("09:30", {"minimum_notice": 91 * MINUTE}, Reason.TOO_SOON),
    ],
)
def test_rules_of_time_have_their_codes(
    start: str, rules: dict[str, Any], expected: Reason
) -> None:
    assert reasons(june(start), **rules) == [Refusal(expected)]


def test_the_past_is_not_merely_too_soon() -> None:
    yesterday = june("10:00") - 24 * HOUR
    assert reasons(yesterday, minimum_notice=HOUR) == [Refusal(Reason.PAST)]


def test_beyond_the_horizon_is_too_far() -> None:
    assert reasons(june("10:00") + 48 * HOUR, horizon_days=2) == []
    assert reasons(june("10:00") + 72 * HOUR, horizon_days=2) == [Refusal(Reason.TOO_FAR)]


def test_a_busy_calendar_is_named_with_the_occurrence_and_the_reading() -> None:
    meeting = TimedOccurrence(june("10:15"), june("11:00"), BusyState.BUSY, "opaque")
    assert reasons(june("10:00"), calendar(occurrences=[meeting])) == [
        Refusal(Reason.BUSY_EXTERNAL, WORK, "opaque", NOW)
    ]


def test_bare_intervals_name_their_calendar_once() -> None:
    bare = [(june("10:00"), june("10:10")), (june("10:20"), june("10:40"))]
    assert reasons(june("10:00"), calendar(timed={BusyState.BUSY: bare})) == [
        Refusal(Reason.BUSY_EXTERNAL, WORK, None, NOW)
    ]


def test_a_whole_day_is_a_matter_of_policy() -> None:
    holiday = AllDayOccurrence(date(2026, 6, 2), date(2026, 6, 3), BusyState.BUSY, "holiday")
    assert reasons(june("10:00"), calendar(occurrences=[holiday])) == [
        Refusal(Reason.ALL_DAY_POLICY, WORK, "holiday", NOW)
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (ClaimStatus.CONFIRMED, Reason.BUSY_OWN),
        (ClaimStatus.HELD, Reason.HELD_BY_OTHER),
    ],
)
def test_our_own_bookings_are_told_apart(status: ClaimStatus, expected: Reason) -> None:
    claim = Claim(OURS, june("10:00"), june("11:00"), status, buffer_after=HOUR)
    assert reasons(june("10:30"), claims=(claim,)) == [Refusal(expected, booking_id=OURS)]
    assert reasons(june("11:30"), claims=(claim,)) == [Refusal(Reason.BUFFER, booking_id=OURS)]
    assert reasons(june("12:00"), claims=(claim,)) == []
    assert reasons(june("10:30"), claims=(claim,), ignore_booking=OURS) == []


@pytest.mark.parametrize("start", ["09:30", "11:00"])
def test_a_buffer_is_to_blame_only_where_the_meeting_itself_fits(start: str) -> None:
    meeting = TimedOccurrence(june("10:00"), june("11:00"), BusyState.BUSY, "opaque")
    found = reasons(
        june(start),
        calendar(occurrences=[meeting]),
        buffer_before=10 * MINUTE,
        buffer_after=10 * MINUTE,
    )
    assert found == [Refusal(Reason.BUFFER, WORK, "opaque", NOW)]


def test_a_full_day_is_full() -> None:
    claim = Claim(OURS, june("15:00"), june("16:00"), ClaimStatus.CONFIRMED)
    assert reasons(june("10:00"), claims=(claim,), daily_limit=1) == [Refusal(Reason.DAY_LIMIT)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"as_of": None}, Reason.SOURCE_UNAVAILABLE),
        ({"months_known": frozenset[int]()}, Reason.SOURCE_UNAVAILABLE),
        ({"as_of": NOW - 901}, Reason.SOURCE_STALE),
        (
            {"as_of": NOW - 901, "connection": ConnectionState.DEGRADED},
            Reason.SOURCE_UNAVAILABLE,
        ),
        ({"connection": ConnectionState.DISCONNECTED}, Reason.CALENDAR_DISCONNECTED),
        ({"timed": {BusyState.UNKNOWN: [(0, 1 << 40)]}}, Reason.SOURCE_UNAVAILABLE),
    ],
)
def test_what_a_calendar_cannot_tell_has_its_code(facts: dict[str, Any], expected: Reason) -> None:
    source = calendar(**facts)
    strict = Staleness(900, StalePolicy.BLOCK)
    assert reasons(june("10:00"), source, staleness=strict) == [
        Refusal(expected, WORK, None, source.as_of)
    ]


def test_ignorance_about_a_buffer_is_ignorance() -> None:
    source = calendar(timed={BusyState.UNKNOWN: [(june("10:30"), june("11:00"))]})
    assert reasons(june("10:00"), source, buffer_after=MINUTE) == [
        Refusal(Reason.SOURCE_UNAVAILABLE, WORK, None, NOW)
    ]


def test_every_reason_is_given() -> None:
    meeting = TimedOccurrence(june("08:00"), june("09:00"), BusyState.BUSY, "opaque")
    found = reasons(june("08:30"), calendar(occurrences=[meeting]), minimum_notice=HOUR)
    assert [it.reason for it in found] == [
        Reason.OUTSIDE_HOURS,
        Reason.TOO_SOON,
        Reason.BUSY_EXTERNAL,
    ]


def night_request() -> tuple[list[Host], SlotRequest]:
    hours = WorkingHours(((Hours.between("00:00", "05:00"),),) * 7)
    paris = Host(UUID(int=99), ZoneInfo("Europe/Paris"), hours)
    now = at("2026-01-01T00:00Z")
    rules = SlotRules(30 * MINUTE, 30 * MINUTE, horizon_days=365)
    return [paris], SlotRequest(rules, (at("2026-03-28T00:00Z"), at("2026-03-30T00:00Z")), now)


def test_a_wall_time_that_the_clocks_skip_is_a_gap() -> None:
    hosts, request = night_request()
    skipped = datetime.fromisoformat("2026-03-29T02:30")
    (found,) = explain_wall_time(hosts, request, hosts[0].zone, skipped).values()
    assert found == (Refusal(Reason.DST_GAP),)


def test_any_other_wall_time_is_explained_as_its_instant() -> None:
    hosts, request = night_request()
    for local, expected in (("2026-03-29T03:00", []), ("2026-03-29T05:00", ["OUTSIDE_HOURS"])):
        wall = datetime.fromisoformat(local)
        (found,) = explain_wall_time(hosts, request, hosts[0].zone, wall).values()
        assert [it.reason for it in found] == expected


def test_of_a_repeated_wall_time_fold_chooses_one() -> None:
    hosts, request = night_request()
    first = at("2026-10-25T02:30+02:00")
    only_first = SlotRequest(request.rules, (first, first + 1), request.now)
    wall = datetime.fromisoformat("2026-10-25T02:30")
    assert explain_wall_time(hosts, only_first, hosts[0].zone, wall)
    with pytest.raises(RuleError, match="start"):
        explain_wall_time(hosts, only_first, hosts[0].zone, wall.replace(fold=1))
