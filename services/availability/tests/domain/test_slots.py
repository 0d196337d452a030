from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.host import (
    AllDayOccurrence,
    Calendar,
    Claim,
    ClaimStatus,
    Host,
    TimedOccurrence,
)
from availability.domain.rules import (
    AllDayPolicy,
    SlotRules,
    Staleness,
    StalePolicy,
    WallClockAnchor,
)
from availability.domain.slot_request import SlotRequest
from availability.domain.slots import any_host_slots, collective_slots
from availability.domain.wall_clock import day_end, day_of, day_start
from availability.domain.working_hours import DatedHours, Hours, WorkingHours

pytestmark = pytest.mark.unit

MINUTE = 60
DAY = 86_400
ALL_YEAR = frozenset(range(2026 * 12, 2027 * 12))
NINE_TO_NOON = WorkingHours(((Hours.between("09:00", "12:00"),),) * 7)
ALWAYS = WorkingHours(((Hours.between("00:00", "24:00"),),) * 7)
OURS = UUID(int=7)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def june(clock: str) -> int:
    """Return the instant of a time on Tuesday 2026-06-02 in UTC."""
    return at(f"2026-06-02T{clock}Z")


TUESDAY = (june("00:00"), june("00:00") + DAY)
MONDAY_NOON = at("2026-06-01T12:00Z")


def host(number: int = 1, zone: str = "UTC", **facts: Any) -> Host:
    known: dict[str, Any] = {"hours": NINE_TO_NOON, **facts}
    return Host(UUID(int=number), ZoneInfo(zone), **known)


def calendar(number: int = 1, **facts: Any) -> Calendar:
    known: dict[str, Any] = {"as_of": MONDAY_NOON, "months_known": ALL_YEAR, **facts}
    return Calendar(UUID(int=number), **known)


def busy(start: str, end: str) -> Calendar:
    return calendar(timed={BusyState.BUSY: [(june(start), june(end))]})


def request(
    now: int = MONDAY_NOON,
    window: tuple[int, int] = TUESDAY,
    ignore_booking: UUID | None = None,
    **rules: Any,
) -> SlotRequest:
    wanted: dict[str, Any] = {"duration": 60 * MINUTE, "step": 30 * MINUTE, **rules}
    return SlotRequest(SlotRules(**wanted), window, now, ignore_booking)


def offered(asked: Host, question: SlotRequest) -> list[str]:
    starts = collective_slots([asked], question).offers
    return [f"{datetime.fromtimestamp(start, UTC):%H:%M}" for start in starts]


def test_an_empty_day_offers_every_start() -> None:
    assert offered(host(), request()) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_meetings_that_touch_do_not_collide() -> None:
    assert offered(host(calendars=[busy("10:00", "11:00")]), request()) == ["09:00", "11:00"]


def test_an_occurrence_on_any_calendar_blocks() -> None:
    for position in range(3):
        calendars = [calendar(0), calendar(1), calendar(2)]
        calendars[position] = busy("09:00", "11:30")
        assert offered(host(calendars=calendars), request()) == []


@pytest.mark.parametrize(
    ("state", "blocks"),
    [
        (BusyState.FREE, False),
        (BusyState.TENTATIVE, True),
        (BusyState.BUSY, True),
        (BusyState.OUT_OF_OFFICE, True),
        (BusyState.UNKNOWN, True),
    ],
)
def test_what_is_shown_as_free_does_not_block_timed_or_all_day(
    state: BusyState, blocks: bool
) -> None:
    timed = TimedOccurrence(june("09:00"), june("12:00"), state)
    all_day = AllDayOccurrence(date(2026, 6, 2), date(2026, 6, 3), state)
    for occurrence in (timed, all_day):
        asked = host(calendars=[calendar(occurrences=[occurrence])])
        assert bool(offered(asked, request())) is not blocks


def test_tentative_time_may_be_offered_but_never_a_hold() -> None:
    blocking = frozenset({BusyState.BUSY, BusyState.UNKNOWN})
    tentative = calendar(timed={BusyState.TENTATIVE: [(june("09:00"), june("10:00"))]})
    hold = Claim(OURS, june("10:00"), june("11:00"), ClaimStatus.HELD)
    asked = host(calendars=[tentative], claims=[hold])
    assert offered(asked, request(blocking=blocking)) == ["09:00", "11:00"]


def test_whole_days_may_be_left_to_those_who_are_away() -> None:
    def asked(state: BusyState) -> Host:
        whole = AllDayOccurrence(date(2026, 6, 2), date(2026, 6, 3), state)
        return host(calendars=[calendar(occurrences=[whole])])

    only_away = request(all_day=AllDayPolicy.ONLY_AWAY)
    assert offered(asked(BusyState.BUSY), only_away) == offered(host(), only_away)
    assert offered(asked(BusyState.OUT_OF_OFFICE), only_away) == []
    assert offered(asked(BusyState.UNKNOWN), only_away) == []


@pytest.mark.parametrize(("now", "first"), [("08:00", "09:00"), ("08:01", "09:30")])
def test_exactly_the_minimum_notice_is_enough(now: str, first: str) -> None:
    assert offered(host(), request(now=june(now), minimum_notice=60 * MINUTE))[0] == first


def test_a_meeting_may_start_now_and_not_a_second_ago() -> None:
    assert offered(host(), request(now=june("09:30")))[0] == "09:30"
    assert offered(host(), request(now=june("09:30") + 1))[0] == "10:00"


def test_notice_is_elapsed_time_when_the_clocks_change() -> None:
    sunday = (at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00"))
    asked = host(zone="Europe/Paris", hours=ALWAYS)
    question = request(now=sunday[0], window=sunday, minimum_notice=120 * MINUTE)
    assert min(collective_slots([asked], question).offers) == at("2026-03-29T03:00+02:00")


def test_the_horizon_ends_with_the_last_day_of_the_host() -> None:
    asked = host(zone="America/New_York", hours=ALWAYS)
    now = at("2026-06-01T23:30-04:00")
    question = request(now=now, window=(now, now + 5 * DAY), horizon_days=1)
    assert max(collective_slots([asked], question).offers) == at("2026-06-02T23:30-04:00")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"buffer_before": 30 * MINUTE}, ["09:00", "11:00"]),
        ({"buffer_before": 31 * MINUTE}, ["09:00"]),
        ({"buffer_after": 15 * MINUTE}, ["09:00", "10:30", "11:00"]),
        ({"buffer_after": 16 * MINUTE}, ["10:30", "11:00"]),
    ],
)
def test_buffers_of_the_new_meeting_must_be_free(
    rules: dict[str, Any], expected: list[str]
) -> None:
    asked = host(calendars=[busy("10:15", "10:30")])
    assert offered(asked, request(**rules)) == expected


def test_a_meeting_may_outlast_the_window() -> None:
    asked = host(zone="America/Los_Angeles", hours=ALWAYS)
    assert offered(asked, request())[-1] == "23:30"


def test_buffers_may_lie_outside_working_hours() -> None:
    question = request(buffer_before=120 * MINUTE, buffer_after=120 * MINUTE)
    assert offered(host(), question) == offered(host(), request())


def test_buffers_of_both_meetings_add_up() -> None:
    claim = Claim(
        OURS, june("09:00"), june("09:30"), ClaimStatus.CONFIRMED, buffer_after=30 * MINUTE
    )
    assert offered(host(claims=[claim]), request())[0] == "10:00"
    assert offered(host(claims=[claim]), request(buffer_before=30 * MINUTE))[0] == "10:30"


def test_a_booking_can_be_moved_by_half_an_hour() -> None:
    claim = Claim(OURS, june("10:00"), june("11:00"), ClaimStatus.CONFIRMED)
    echo = TimedOccurrence(claim.start, claim.end, BusyState.BUSY, "echo", OURS)
    asked = host(claims=[claim], calendars=[calendar(occurrences=[echo])])
    assert offered(asked, request()) == ["09:00", "11:00"]
    assert offered(asked, request(ignore_booking=OURS)) == offered(host(), request())


def test_the_limit_of_a_day_counts_bookings_of_the_hosts_day() -> None:
    late = Claim(OURS, at("2026-06-02T03:00Z"), at("2026-06-02T04:00Z"), ClaimStatus.HELD)
    new_york = host(zone="America/New_York", hours=ALWAYS, claims=[late])
    window = (at("2026-06-01T04:00Z"), at("2026-06-03T04:00Z"))
    question = request(window=window, now=window[0], daily_limit=1)
    # 23:00 on the first in New York: the first is full, the second is not.
    assert min(collective_slots([new_york], question).offers) == at("2026-06-02T04:00Z")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Ljubljana", "2026-10-25", 25),
        ("America/New_York", "2026-11-01", 25),
        ("Antarctica/Troll", "2026-10-25", 26),
        ("Pacific/Kwajalein", "1993-08-20", 24),
    ],
)
def test_the_claims_of_a_day_are_asked_for_however_long_it_is(
    zone: str, day: str, hours: int
) -> None:
    number = day_of(date.fromisoformat(day))
    start, end = day_start(ZoneInfo(zone), number), day_end(ZoneInfo(zone), number)
    assert end - start == hours * 60 * MINUTE
    for first in (start, end - MINUTE):
        begin, until = request(window=(first, first + MINUTE), now=start).claims_span
        assert begin < start
        assert end < until


def test_a_proposal_of_three_dates_on_one_day_is_one_booking() -> None:
    holds = [
        Claim(OURS, june(start), june(end), ClaimStatus.HELD)
        for start, end in (("06:00", "07:00"), ("07:00", "08:00"), ("09:00", "10:00"))
    ]
    asked = host(claims=holds)
    assert offered(asked, request(daily_limit=2)) == ["10:00", "10:30", "11:00"]
    assert offered(asked, request(daily_limit=1)) == []
    assert offered(asked, request(daily_limit=1, ignore_booking=OURS))


def test_hours_of_the_request_replace_those_of_the_host() -> None:
    closed = WorkingHours(NINE_TO_NOON.weekly, (DatedHours(date(2026, 6, 2)),))
    assert offered(host(), request(hours=closed)) == []
    assert offered(host(hours=closed), request(hours=NINE_TO_NOON)) == offered(host(), request())


@pytest.mark.parametrize(
    ("policy", "offers", "recheck"),
    [
        (StalePolicy.BLOCK, False, False),
        (StalePolicy.RECHECK, True, True),
        (StalePolicy.OFFER, True, False),
    ],
)
def test_the_tenant_chooses_what_a_stale_calendar_means(
    policy: StalePolicy, offers: bool, recheck: bool
) -> None:
    stale = host(calendars=[calendar(as_of=MONDAY_NOON - 901)])
    answer = collective_slots([stale], request(staleness=Staleness(900, policy)))
    assert bool(answer.offers) is offers
    assert all(offer.recheck is recheck for offer in answer.offers.values())
    assert answer.recheck == (frozenset({stale.host_id}) if recheck else frozenset())
    fresh = host(calendars=[calendar(as_of=MONDAY_NOON - 900)])
    exactly = collective_slots([fresh], request(staleness=Staleness(900, policy)))
    assert exactly.offers
    assert not exactly.recheck


def test_the_answer_reports_how_old_each_source_is() -> None:
    asked = host(calendars=[calendar(3), calendar(4, blocks_availability=False)])
    (report,) = collective_slots([asked], request()).sources[asked.host_id]
    assert (report.calendar_id, report.as_of) == (UUID(int=3), MONDAY_NOON)


def test_a_buffer_into_an_unknown_month_is_not_free() -> None:
    new_year = (at("2026-12-31T00:00Z"), at("2027-01-01T00:00Z"))
    asked = host(hours=ALWAYS, calendars=[calendar(as_of=new_year[0])])
    question = request(now=new_year[0], window=new_year, buffer_after=30 * MINUTE)
    assert offered(asked, question)[-1] == "22:30"


IN_PARIS = WallClockAnchor(ZoneInfo("Europe/Paris"))


def test_a_common_time_is_free_for_everyone_in_all_zones() -> None:
    group = [
        host(1, "Europe/Paris"),
        host(2, "Europe/London", calendars=[busy("09:00", "09:10")]),
        host(3, "Europe/Lisbon"),
    ]
    # 09:00-12:00 is 07-10, 08-11 and 08-11 in UTC; the second is busy from 09:00.
    answer = collective_slots(group, request(anchor=IN_PARIS))
    assert answer.offers == {june("08:00"): (tuple(it.host_id for it in group), False)}


def test_anyone_will_do_and_the_slot_says_who() -> None:
    stale = calendar(as_of=MONDAY_NOON - 901, timed={BusyState.BUSY: [TUESDAY]})
    one, two = host(1, calendars=[busy("09:00", "11:00")]), host(2)
    answer = any_host_slots([one, two, host(3, calendars=[stale])], request(anchor=IN_PARIS))
    assert answer.offers == {
        **{june(it): ((two.host_id,), False) for it in ("09:00", "09:30", "10:00", "10:30")},
        june("11:00"): ((one.host_id, two.host_id), False),
    }


def test_a_slot_is_to_be_rechecked_only_for_hosts_who_offer_it() -> None:
    stale = calendar(as_of=MONDAY_NOON - 901, timed={BusyState.BUSY: [TUESDAY]})
    doubtful = calendar(as_of=MONDAY_NOON - 901)
    group = [host(1), host(2, calendars=[stale]), host(3, "Europe/Paris", calendars=[doubtful])]
    answer = any_host_slots(group, request(anchor=IN_PARIS))
    assert {start for start, offer in answer.offers.items() if offer.recheck} == {
        june(it) for it in ("07:00", "07:30", "08:00", "08:30", "09:00")
    }


def test_starts_on_no_common_lattice_are_found_as_well() -> None:
    # Liberia kept its clocks 44 minutes and 30 seconds behind until 1972.
    first = at("1971-06-02T00:00Z")
    hours = WorkingHours(((Hours.between("09:00", "10:00"),),) * 7)
    meeting = at("1971-06-02T09:44:30Z")
    taken = [
        (meeting - MINUTE, meeting),
        (meeting + 60 * MINUTE, meeting + 61 * MINUTE),
        (meeting + DAY - MINUTE, meeting + DAY + 1),
        (meeting + 2 * DAY + 60 * MINUTE - 1, meeting + 2 * DAY + 61 * MINUTE),
    ]
    claims = [Claim(OURS, *interval, ClaimStatus.CONFIRMED) for interval in taken]
    asked = host(zone="Africa/Monrovia", hours=hours, claims=claims)
    question = request(
        now=first,
        window=(first, first + 90 * DAY),
        anchor=WallClockAnchor(ZoneInfo("Africa/Monrovia")),
        horizon_days=730,
    )
    for search in (collective_slots, any_host_slots):
        starts = list(search([asked], question).offers)
        # Touching at either end leaves the first day free; a second too much takes the next two.
        assert starts[:2] == [meeting, meeting + 3 * DAY]
        assert len(starts) == 88


@pytest.mark.parametrize(
    ("window", "field"),
    [((TUESDAY[1], TUESDAY[0]), "window"), ((TUESDAY[0], TUESDAY[0] + 90 * DAY + 1), "window")],
)
def test_a_window_is_forward_and_not_too_long(window: tuple[int, int], field: str) -> None:
    with pytest.raises(RuleError) as refused:
        request(window=window)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("group", "field"),
    [
        ([], "hosts"),
        ([host(number) for number in range(201)], "hosts"),
        ([host(1), host(1)], "hosts"),
        ([host(1), host(2)], "anchor"),
    ],
)
def test_hosts_that_cannot_be_searched_together_are_refused(group: list[Host], field: str) -> None:
    for search in (collective_slots, any_host_slots):
        with pytest.raises(RuleError) as refused:
            search(group, request())
        assert refused.value.field == field
