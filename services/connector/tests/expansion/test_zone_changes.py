"""Weeks around changes of the clock, worked out by hand from the zones' rules."""

from typing import Any

import pytest

pytestmark = pytest.mark.unit


def daily(zone: str, local: str, end: str = "") -> str:
    rule = "RRULE:FREQ=DAILY;COUNT=10"
    return f"DTSTART;TZID={zone}:{local}\n{end or 'DURATION:PT1H'}\n{rule}"


@pytest.mark.parametrize(
    ("zone", "local", "window", "starts"),
    [
        pytest.param(
            "Europe/Paris",
            "20260327T090000",
            ("2026-03-27", "2026-03-31"),
            ["03-27T08:00", "03-28T08:00", "03-29T07:00", "03-30T07:00"],
            id="paris-spring",
        ),
        pytest.param(
            "Europe/Paris",
            "20261023T090000",
            ("2026-10-23", "2026-10-27"),
            ["10-23T07:00", "10-24T07:00", "10-25T08:00", "10-26T08:00"],
            id="paris-autumn",
        ),
        pytest.param(
            "Europe/Paris",
            "20260328T023000",
            ("2026-03-28", "2026-03-31"),
            ["03-28T01:30", "03-29T01:30", "03-30T00:30"],
            id="paris-in-the-gap: 02:30 is read with the offset before it",
        ),
        pytest.param(
            "Europe/Paris",
            "20261024T023000",
            ("2026-10-24", "2026-10-27"),
            ["10-24T00:30", "10-25T00:30", "10-26T01:30"],
            id="paris-in-the-fold: the first of two 02:30",
        ),
        pytest.param(
            "America/New_York",
            "20260307T013000",
            ("2026-03-07", "2026-03-10"),
            ["03-07T06:30", "03-08T06:30", "03-09T05:30"],
            id="new-york-spring",
        ),
        pytest.param(
            "America/New_York",
            "20261031T013000",
            ("2026-10-31", "2026-11-03"),
            ["10-31T05:30", "11-01T05:30", "11-02T06:30"],
            id="new-york-in-the-fold",
        ),
        pytest.param(
            "Australia/Sydney",
            "20260404T100000",
            ("2026-04-03", "2026-04-06"),
            ["04-03T23:00", "04-05T00:00"],
            id="sydney-autumn: a date later in UTC",
        ),
        pytest.param(
            "Australia/Sydney",
            "20261003T100000",
            ("2026-10-03", "2026-10-05"),
            ["10-03T00:00", "10-03T23:00", "10-04T23:00"],
            id="sydney-spring",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "20260404T120000",
            ("2026-04-04", "2026-04-07"),
            ["04-04T01:00", "04-05T01:30", "04-06T01:30"],
            id="lord-howe-autumn: half an hour",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "20261003T021500",
            ("2026-10-02", "2026-10-05"),
            ["10-02T15:45", "10-03T15:45", "10-04T15:15"],
            id="lord-howe-in-the-gap of half an hour",
        ),
        pytest.param(
            "America/Sao_Paulo",
            "20181102T090000",
            ("2018-11-03", "2018-11-06"),
            ["11-03T12:00", "11-04T11:00", "11-05T11:00"],
            id="sao-paulo-2018: clocks changed at midnight",
        ),
        pytest.param(
            "America/Sao_Paulo",
            "20181103T003000",
            ("2018-11-03", "2018-11-06"),
            ["11-03T03:30", "11-04T03:30", "11-05T02:30"],
            id="sao-paulo-2018-in-the-gap at midnight",
        ),
        pytest.param(
            "America/Sao_Paulo",
            "20191102T090000",
            ("2019-11-03", "2019-11-05"),
            ["11-03T12:00", "11-04T12:00"],
            id="sao-paulo-2019: no change any more",
        ),
        pytest.param(
            "Pacific/Apia",
            "20111228T090000",
            ("2011-12-28", "2012-01-01"),
            ["12-28T19:00", "12-29T19:00", "12-30T19:00", "12-31T19:00"],
            id="apia-2011: 30 December did not exist; 30 and 31 are one instant",
        ),
    ],
)
def test_wall_clock_holds_across_the_change(
    calendar: Any, zone: str, local: str, window: tuple[str, str], starts: list[str]
) -> None:
    assert [row[0] for row in calendar.rows(daily(zone, local), *window)] == starts


def test_dtend_gives_every_instance_the_same_exact_length(calendar: Any) -> None:
    event = daily("Europe/Paris", "20260327T230000", "DTEND;TZID=Europe/Paris:20260328T060000")
    assert calendar.rows(event, "2026-03-28", "2026-03-30")[1:] == [
        ("03-28T22:00", "03-29T05:00", "busy"),
        ("03-29T21:00", "03-30T04:00", "busy"),
    ]


def test_duration_in_days_is_nominal_and_in_hours_exact(calendar: Any) -> None:
    nominal = daily("Europe/Paris", "20260328T120000", "DURATION:P1D")
    exact = daily("Europe/Paris", "20260328T120000", "DURATION:PT24H")
    window = ("2026-03-28", "2026-03-29")
    assert calendar.rows(nominal, *window) == [("03-28T11:00", "03-29T10:00", "busy")]
    assert calendar.rows(exact, *window) == [("03-28T11:00", "03-29T11:00", "busy")]


def test_all_day_stays_a_date_on_the_day_of_a_change(calendar: Any) -> None:
    event = "DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=DAILY;COUNT=3"
    assert calendar.rows(event, "2026-03-28", "2026-03-31") == [
        ("03-28", "03-29", "busy"),
        ("03-29", "03-30", "busy"),
        ("03-30", "03-31", "busy"),
    ]


def test_hours_are_counted_on_the_wall_clock(calendar: Any) -> None:
    event = "DTSTART;TZID=Europe/Paris:20260329T000000\nDURATION:PT5M\nRRULE:FREQ=HOURLY;COUNT=5"
    starts = [row[0] for row in calendar.rows(event, "2026-03-28", "2026-03-30")]
    assert starts == ["03-28T23:00", "03-29T00:00", "03-29T01:00", "03-29T02:00"]
