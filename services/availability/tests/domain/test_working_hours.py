from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from availability.domain.errors import RuleError
from availability.domain.wall_clock import day_of
from availability.domain.working_hours import DatedHours, Hours, WorkingHours, openings

pytestmark = pytest.mark.unit

NINE_TO_FIVE = Hours.between("09:00", "17:00")
EVERY_DAY = WorkingHours(((NINE_TO_FIVE,),) * 7)


def shown(hours: WorkingHours, zone: str, first: str, days: int = 1) -> list[str]:
    """Return the openings that begin on `days` local dates, in UTC."""
    dates = {date.fromisoformat(first) + timedelta(days=count) for count in range(days)}
    number = day_of(date.fromisoformat(first))
    local = ZoneInfo(zone)
    return [
        f"{datetime.fromtimestamp(it.start, UTC):%d %H:%M}-"
        f"{datetime.fromtimestamp(it.end, UTC):%d %H:%M}"
        for it in openings(hours, local, number - 2, number + days + 2)
        if datetime.fromtimestamp(it.start, local).date() in dates
    ]


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        ("Europe/Paris", "2026-03-28", ["28 08:00-28 16:00", "29 07:00-29 15:00"]),
        ("America/New_York", "2026-10-31", ["31 13:00-31 21:00", "01 14:00-01 22:00"]),
        ("Australia/Sydney", "2026-10-03", ["02 23:00-03 07:00", "03 22:00-04 06:00"]),
        ("Australia/Lord_Howe", "2026-04-04", ["03 22:00-04 06:00", "04 22:30-05 06:30"]),
        ("America/Sao_Paulo", "2018-11-03", ["03 12:00-03 20:00", "04 11:00-04 19:00"]),
    ],
)
def test_hours_keep_to_the_wall_when_clocks_change(
    zone: str, first: str, expected: list[str]
) -> None:
    assert shown(EVERY_DAY, zone, first, days=2) == expected


def test_hours_that_the_clocks_skip_do_not_exist() -> None:
    night = WorkingHours(((Hours.between("01:00", "02:30"),),) * 7)
    assert shown(night, "Europe/Paris", "2026-03-29") == ["29 00:00-29 01:00"]


def test_hours_that_the_clocks_repeat_count_twice() -> None:
    night = WorkingHours(((Hours.between("01:30", "02:30"),),) * 7)
    assert shown(night, "America/New_York", "2026-11-01") == [
        "01 05:30-01 06:00",
        "01 06:30-01 07:30",
    ]


def test_a_dated_override_replaces_its_day_only() -> None:
    other = (Hours.between("13:00", "15:00"), Hours.between("08:00", "10:00"))
    hours = WorkingHours(
        EVERY_DAY.weekly,
        (DatedHours(date(2026, 6, 2)), DatedHours(date(2026, 6, 3), other)),
    )
    assert shown(hours, "UTC", "2026-06-01", days=4) == [
        "01 09:00-01 17:00",
        "03 08:00-03 10:00",
        "03 13:00-03 15:00",
        "04 09:00-04 17:00",
    ]


def test_weekdays_begin_with_monday() -> None:
    monday_only = WorkingHours(((NINE_TO_FIVE,), *((),) * 6))
    assert shown(monday_only, "UTC", "2026-06-01", days=7) == ["01 09:00-01 17:00"]


def test_hours_may_end_at_midnight() -> None:
    late = WorkingHours(((Hours.between("22:00", "24:00"),),) * 7)
    assert shown(late, "UTC", "2026-06-01") == ["01 22:00-02 00:00"]


@pytest.mark.parametrize(
    ("start", "end"), [("09:00", "09:00"), ("17:00", "09:00"), ("09:00", "24:01"), ("9", "10:00")]
)
def test_hours_that_are_none_are_refused(start: str, end: str) -> None:
    with pytest.raises(RuleError) as refused:
        Hours.between(start, end)
    assert refused.value.field == "hours"


def test_a_week_has_seven_days() -> None:
    with pytest.raises(RuleError) as refused:
        WorkingHours(((NINE_TO_FIVE,),) * 5)
    assert refused.value.field == "weekly"


def test_overlapping_hours_name_their_weekday() -> None:
    twice = (NINE_TO_FIVE, Hours.between("16:00", "18:00"))
    with pytest.raises(RuleError) as refused:
        WorkingHours(((), (), twice, (), (), (), ()))
    assert refused.value.field == "weekly[2]"


def test_a_date_is_overridden_once() -> None:
    with pytest.raises(RuleError) as refused:
        WorkingHours(EVERY_DAY.weekly, (DatedHours(date(2026, 6, 2)),) * 2)
    assert refused.value.field == "overrides"
