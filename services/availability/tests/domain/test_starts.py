from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from availability.domain.rules import SlotRules, WallClockAnchor
from availability.domain.starts import PossibleStarts, possible_starts
from availability.domain.wall_clock import DAY
from availability.domain.working_hours import Hours, WorkingHours

pytestmark = pytest.mark.unit

MINUTE = 60


def every_day(*hours: tuple[str, str]) -> WorkingHours:
    return WorkingHours((tuple(Hours.between(*it) for it in hours),) * 7)


def starts(
    hours: WorkingHours,
    zone: str,
    day: str,
    *,
    duration: int = 30,
    step: int = 30,
    anchor: WallClockAnchor | None = None,
) -> PossibleStarts:
    first = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) // DAY
    rules = SlotRules(duration * MINUTE, step * MINUTE, anchor=anchor)
    return possible_starts(hours, ZoneInfo(zone), rules, (first - 1, first + 2))


def shown(found: PossibleStarts, zone: str, day: str) -> list[str]:
    """Return the starts on a local date, as its clocks show them."""
    local = [datetime.fromtimestamp(at, ZoneInfo(zone)) for run in found.runs for at in run]
    return [f"{it:%H:%M}" for it in local if f"{it:%Y-%m-%d}" == day]


def test_starts_are_counted_from_the_beginning_of_each_stretch_of_hours() -> None:
    hours = every_day(("09:10", "10:40"), ("13:00", "14:15"))
    found = starts(hours, "UTC", "2026-06-02")
    assert shown(found, "UTC", "2026-06-02") == ["09:10", "09:40", "10:10", "13:00", "13:30"]


def test_a_common_anchor_counts_from_its_own_midnight() -> None:
    anchor = WallClockAnchor(ZoneInfo("Asia/Kathmandu"))
    found = starts(every_day(("09:10", "11:00")), "UTC", "2026-06-02", anchor=anchor)
    assert shown(found, "UTC", "2026-06-02") == ["09:15", "09:45", "10:15"]


def test_a_step_that_does_not_divide_the_day_begins_anew_each_midnight() -> None:
    anchor = WallClockAnchor(ZoneInfo("UTC"), minute=9 * 60)
    hours = every_day(("09:00", "12:00"))
    found = starts(hours, "UTC", "2026-06-02", step=50, anchor=anchor)
    for day in ("2026-06-01", "2026-06-02", "2026-06-03"):
        assert shown(found, "UTC", day) == ["09:00", "09:50", "10:40", "11:30"]


def test_the_last_start_ends_with_the_hours() -> None:
    found = starts(every_day(("09:00", "10:00")), "UTC", "2026-06-02", duration=45, step=15)
    assert shown(found, "UTC", "2026-06-02") == ["09:00", "09:15"]


def test_hours_that_meet_at_midnight_are_one_stretch_to_a_meeting() -> None:
    hours = every_day(("23:00", "24:00"), ("00:00", "01:00"))
    found = starts(hours, "UTC", "2026-06-02", duration=60)
    assert shown(found, "UTC", "2026-06-02") == ["00:00", "23:00", "23:30"]


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Paris", "2026-03-29", ["01:00", "01:30", "03:00", "03:30"]),
        ("Australia/Sydney", "2026-10-04", ["01:00", "01:30", "03:00", "03:30"]),
        ("Australia/Lord_Howe", "2026-10-04", ["01:00", "01:30", "02:30", "03:00", "03:30"]),
        (
            "America/New_York",
            "2026-11-01",
            ["01:00", "01:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"],
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-05",
            ["01:00", "01:30", "01:30", "02:00", "02:30", "03:00", "03:30"],
        ),
    ],
)
def test_starts_stay_on_the_wall_clock_when_it_changes(
    zone: str, day: str, expected: list[str]
) -> None:
    found = starts(every_day(("01:00", "04:00")), zone, day)
    assert shown(found, zone, day) == expected


def test_an_hourly_step_returns_to_the_hour_after_a_change_by_half_an_hour() -> None:
    found = starts(every_day(("00:00", "05:00")), "Australia/Lord_Howe", "2026-10-04", step=60)
    assert shown(found, "Australia/Lord_Howe", "2026-10-04") == ["00:00", "01:00", "03:00", "04:00"]


def test_the_same_question_is_answered_from_the_cache() -> None:
    hours = every_day(("09:00", "17:00"))
    again = every_day(("09:00", "17:00"))
    assert starts(hours, "UTC", "2026-06-02") is starts(again, "UTC", "2026-06-02")
