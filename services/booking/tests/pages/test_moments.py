"""Dates and times as people read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from booking.domain.slot import Slot
from booking.entrypoints.pages.moments import WallClock

pytestmark = pytest.mark.unit

LJUBLJANA = ZoneInfo("Europe/Ljubljana")


def clock(locale: str = "en_GB", zone: ZoneInfo = LJUBLJANA) -> WallClock:
    return WallClock(zone, Locale.parse(locale))


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "day", "time"),
    [
        ("en", "Tuesday, November 24, 2026", "3:30\N{NARROW NO-BREAK SPACE}PM"),
        ("en_GB", "Tuesday, 24 November 2026", "15:30"),
        ("fr", "mardi 24 novembre 2026", "15:30"),
        ("sl", "torek, 24. november 2026", "15:30"),
    ],
)
def test_each_locale_has_its_habits(locale: str, day: str, time: str) -> None:
    moment = at(24, 14, 30, month=11)
    assert clock(locale).day(moment).replace(",", "") == day.replace(",", "")
    assert clock(locale).time(moment) == time


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    # On 25 October 2026 the clock goes from 03:00 back to 02:00.
    assert clock().time(at(25, 0, 30)) == "02:30 (GMT+02:00)"
    assert clock().time(at(25, 1, 30)) == "02:30 (GMT+01:00)"
    assert clock().time(at(25, 2, 0)) == "03:00"
    assert clock().time(at(24, 23, 59)) == "01:59"


def test_no_hour_is_told_that_the_clock_skips() -> None:
    # On 29 March 2026 the clock goes from 02:00 to 03:00.
    hours = [clock().time(at(29, 0, month=3) + timedelta(minutes=30 * n)) for n in range(4)]
    assert hours == ["01:00", "01:30", "03:00", "03:30"]


def test_a_meeting_over_midnight_names_the_day_it_ends_on() -> None:
    span = Slot(at(23, 21, 30), at(23, 22, 30))
    assert clock().hours(span) == "23:30 – Sat 24 Oct, 00:30"  # noqa: RUF001  # how ranges are set
    assert clock().hours(Slot(at(23, 8), at(23, 9))) == "10:00 – 11:00"  # noqa: RUF001  # how ranges are set


def test_the_clock_names_its_place_and_offset_at_that_moment() -> None:
    assert clock("fr").place(at(24, 12)) == "Ljubljana, UTC+02:00"
    assert clock("sl").place(at(26, 12)) == "Ljubljana, GMT +01:00"
    assert clock(zone=ZoneInfo("Asia/Kathmandu")).place(at(26, 12)).endswith("GMT+05:45")


def test_days_are_written_short() -> None:
    assert clock().days(date(2026, 11, 28), date(2026, 12, 4)).startswith("28 Nov")
    assert (clock("sl").weekday(date(2026, 11, 24)), clock("sl").month_day(date(2026, 11, 24))) == (
        "tor.",
        "24. nov.",
    )
