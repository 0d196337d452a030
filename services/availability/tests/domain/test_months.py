from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from availability.domain.errors import RuleError
from availability.domain.months import (
    known_time,
    month_at,
    month_dates,
    month_name,
    month_number,
    month_of,
    month_time,
)

pytestmark = pytest.mark.unit


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def months(*names: str) -> frozenset[int]:
    return frozenset(month_number(name) for name in names)


def test_months_count_on_across_the_year() -> None:
    assert month_number("2027-01") == month_number("2026-12") + 1


@pytest.mark.parametrize(
    "text",
    ["2026", "2026-13", "2026-00", "26-01", "2026-1", "0000-01", "0001-12", "9999-01", "9999-12"],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        month_number(text)


@pytest.mark.parametrize("name", ["0002-01", "9998-12"])
def test_time_around_the_first_and_the_last_month_can_be_told(name: str) -> None:
    month = month_number(name)
    start, end = month_time(month - 1, month + 1)
    assert (month_name(month_at(start)), month_at(end - 1)) == (month_name(month - 1), month + 1)
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        ((since, until),) = known_time(frozenset({month}), ZoneInfo(zone))
        assert start < since < until < end


def test_months_in_a_row_are_known_without_a_seam() -> None:
    known = known_time(months("2026-02", "2026-03", "2026-05"), ZoneInfo("UTC"))
    assert known == (
        (at("2026-02-01T00:00Z"), at("2026-04-01T00:00Z")),
        (at("2026-05-01T00:00Z"), at("2026-06-01T00:00Z")),
    )


def test_east_of_greenwich_the_last_hours_of_a_month_belong_to_dates_not_read() -> None:
    known = known_time(months("2026-06"), ZoneInfo("Pacific/Auckland"))
    assert known == ((at("2026-06-01T00:00Z"), at("2026-06-30T12:00Z")),)


def test_west_of_greenwich_the_first_ones_do() -> None:
    known = known_time(months("2026-06"), ZoneInfo("America/Los_Angeles"))
    assert known == ((at("2026-06-01T07:00Z"), at("2026-07-01T00:00Z")),)


def test_no_picture_knows_nothing() -> None:
    assert known_time(months(), ZoneInfo("UTC")) == ()


def test_months_have_names_dates_and_times() -> None:
    month = month_number("2026-12")
    assert month_name(month) == "2026-12"
    assert month_dates(month) == (date(2026, 12, 1), date(2027, 1, 1))
    assert month_of(date(2026, 12, 31)) == month
    assert month_time(month, month + 1) == (
        at("2026-12-01T00:00+00:00"),
        at("2027-02-01T00:00+00:00"),
    )
    assert month_at(at("2026-12-31T23:59+00:00")) == month
    assert month_at(at("2026-12-31T23:59-01:00")) == month + 1
