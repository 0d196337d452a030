"""EXDATE, RDATE and RECURRENCE-ID, also as they are met in the wild."""

from typing import Any

import pytest

pytestmark = pytest.mark.unit

WEEK = ("2026-03-02", "2026-03-09")
DAILY = "DTSTART;TZID=Europe/Paris:20260302T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n"
ALL_DAYS = ["03-02T08:00", "03-03T08:00", "03-04T08:00", "03-05T08:00"]


def starts(rows: list[tuple[str, str, str]]) -> list[str]:
    return [row[0] for row in rows]


def series(master: str, *overrides: str) -> str:
    return "\n".join(
        f"BEGIN:VEVENT\nUID:one\n{event}\nEND:VEVENT" for event in (master, *overrides)
    )


@pytest.mark.parametrize(
    "exdate",
    [
        pytest.param("EXDATE;TZID=Europe/Paris:20260303T090000", id="same zone"),
        pytest.param("EXDATE:20260303T080000Z", id="utc"),
        pytest.param("EXDATE:20260303T090000", id="floating means the series' clock"),
        pytest.param("EXDATE;TZID=America/New_York:20260303T030000", id="another zone"),
        pytest.param("EXDATE;VALUE=DATE:20260303", id="a date for a timed series"),
        pytest.param("EXDATE:20260303", id="a date without VALUE"),
        pytest.param("EXRULE:FREQ=DAILY;INTERVAL=9;UNTIL=20260303\nEXDATE:20260303", id="exrule"),
    ],
)
def test_exdate_in_any_type(calendar: Any, exdate: str) -> None:
    expected = [start for start in ALL_DAYS if start != "03-03T08:00"]
    if exdate.startswith("EXRULE"):
        expected.remove("03-02T08:00")
    assert starts(calendar.rows(DAILY + exdate, *WEEK)) == expected


@pytest.mark.parametrize("exdate", ["EXDATE:20260303T000000Z", "EXDATE;VALUE=DATE:20260303"])
def test_exdate_of_an_all_day_series(calendar: Any, exdate: str) -> None:
    event = f"DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=3\n{exdate}"
    assert starts(calendar.rows(event, *WEEK)) == ["03-02", "03-04"]


def test_rdate_adds_and_a_period_brings_its_own_length(calendar: Any) -> None:
    event = (
        "DTSTART:20260302T090000Z\nDTEND:20260302T093000Z\n"
        "RDATE:20260304T100000Z,20260302T090000Z\n"
        "RDATE;VALUE=PERIOD:20260305T100000Z/PT3H,20260306T100000Z/20260306T120000Z"
    )
    assert calendar.rows(event, *WEEK) == [
        ("03-02T09:00", "03-02T09:30", "busy"),
        ("03-04T10:00", "03-04T10:30", "busy"),
        ("03-05T10:00", "03-05T13:00", "busy"),
        ("03-06T10:00", "03-06T12:00", "busy"),
    ]


@pytest.mark.parametrize(
    ("until", "number"),
    [
        ("20260303T080000Z", 2),
        ("20260303T075959Z", 1),
        ("20260303", 2),
        ("20260303T090000", 2),
        ("20260303T085959", 1),
    ],
)
def test_until_is_inclusive_in_any_type(calendar: Any, until: str, number: int) -> None:
    event = f"DTSTART;TZID=Europe/Paris:20260302T090000\nRRULE:FREQ=DAILY;UNTIL={until}"
    assert starts(calendar.rows(event, *WEEK)) == ALL_DAYS[:number]


def test_series_cut_off_before_its_first_instance_has_none(calendar: Any) -> None:
    event = "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;UNTIL=20260301T090000Z"
    assert calendar.rows(event, *WEEK) == []


def test_dtstart_that_the_rule_does_not_pick_is_an_instance(calendar: Any) -> None:
    event = "DTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=1"
    assert starts(calendar.rows(event, *WEEK)) == ["03-02T09:00", "03-04T09:00"]


def test_override_replaces_moves_in_and_moves_out(calendar: Any, to_rows: Any) -> None:
    body = series(
        "DTSTART:20260223T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY",
        "RECURRENCE-ID:20260223T090000Z\nDTSTART:20260305T150000Z\nDURATION:PT2H",
        "RECURRENCE-ID:20260302T090000Z\nDTSTART:20260320T090000Z\nDURATION:PT1H",
    )
    assert to_rows(calendar.expansion(body, *WEEK)) == [("03-05T15:00", "03-05T17:00", "busy")]


def test_cancelled_override_frees_one_instance(calendar: Any, to_rows: Any) -> None:
    body = series(DAILY, "RECURRENCE-ID:20260303T080000Z\nSTATUS:CANCELLED")
    expected = [start for start in ALL_DAYS if start != "03-03T08:00"]
    assert starts(to_rows(calendar.expansion(body, *WEEK))) == expected


def test_series_whose_overrides_replace_all_of_it(calendar: Any, to_rows: Any) -> None:
    body = series(
        DAILY,
        *(
            f"RECURRENCE-ID;TZID=Europe/Paris:202603{day:02}T090000\n"
            f"DTSTART:202603{day:02}T180000Z\nDURATION:PT15M"
            for day in (2, 3, 4, 5)
        ),
    )
    expected = ["03-02T18:00", "03-03T18:00", "03-04T18:00", "03-05T18:00"]
    assert starts(to_rows(calendar.expansion(body, *WEEK))) == expected


def test_override_by_date_and_without_its_master(calendar: Any, to_rows: Any) -> None:
    by_date = series(DAILY, "RECURRENCE-ID;VALUE=DATE:20260303\nDTSTART:20260303T200000Z")
    expected = [ALL_DAYS[0], "03-03T20:00", *ALL_DAYS[2:]]
    assert starts(to_rows(calendar.expansion(by_date, *WEEK))) == expected
    orphan = series("RECURRENCE-ID:20260303T080000Z\nDTSTART:20260303T200000Z")
    assert starts(to_rows(calendar.expansion(orphan, *WEEK))) == ["03-03T20:00"]


def test_this_and_future_moves_lengthens_and_ends(calendar: Any, to_rows: Any) -> None:
    body = series(
        DAILY,
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T080000Z\n"
        "DTSTART;TZID=Europe/Paris:20260303T113000\nDURATION:PT2H\nSTATUS:TENTATIVE",
        "RECURRENCE-ID:20260304T080000Z\nDTSTART:20260304T180000Z\nDURATION:PT5M",
    )
    assert to_rows(calendar.expansion(body, *WEEK)) == [
        ("03-02T08:00", "03-02T09:00", "busy"),
        ("03-03T10:30", "03-03T12:30", "tentative"),
        ("03-04T18:00", "03-04T18:05", "busy"),
        ("03-05T10:30", "03-05T12:30", "tentative"),
    ]
    ended = series(DAILY, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260304T080000Z\nSTATUS:CANCELLED")
    assert starts(to_rows(calendar.expansion(ended, *WEEK))) == ALL_DAYS[:2]


def test_this_and_future_brings_old_instances_into_the_window(calendar: Any, to_rows: Any) -> None:
    body = series(
        "DTSTART;VALUE=DATE:20250101\nRRULE:FREQ=WEEKLY",
        "RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20250108\nDTSTART;VALUE=DATE:20250209",
    )
    assert starts(to_rows(calendar.expansion(body, *WEEK))) == ["03-01", "03-08"]


def test_recurrence_id_names_the_instance_wherever_it_moved(calendar: Any) -> None:
    override = "RECURRENCE-ID:20260303T080000Z\nDTSTART:20260303T200000Z"
    expansion = calendar.expansion(series(DAILY, override), *WEEK)
    names = [f"{one.recurrence_id:%dT%H}" for one in expansion.occurrences]
    assert names == ["02T08", "03T08", "04T08", "05T08"]


def test_highest_sequence_wins_and_equal_ones_are_all_kept(calendar: Any, to_rows: Any) -> None:
    old, new = "DTSTART:20260302T090000Z\nSEQUENCE:1", "DTSTART:20260303T090000Z\nSEQUENCE:2"
    assert starts(to_rows(calendar.expansion(series(new, old), *WEEK))) == ["03-03T09:00"]
    rival = "DTSTART:20260304T090000Z\nSEQUENCE:2"
    both = ["03-03T09:00", "03-04T09:00"]
    assert starts(to_rows(calendar.expansion(series(new, rival), *WEEK))) == both


def test_events_of_one_uid_are_joined_across_calendars_of_a_stream(
    calendar: Any, to_rows: Any
) -> None:
    override = series("RECURRENCE-ID:20260303T080000Z\nSTATUS:CANCELLED")
    body = f"{series(DAILY)}\nEND:VCALENDAR\nBEGIN:VCALENDAR\n{override}"
    assert len(to_rows(calendar.expansion(body, *WEEK))) == 3


@pytest.mark.parametrize(
    ("event", "row"),
    [
        ("DTSTART;VALUE=DATE:20260303", ("03-03", "03-04", "busy")),
        ("DTSTART:20260303", ("03-03", "03-04", "busy")),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260305", ("03-03", "03-05", "busy")),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260303", ("03-03", "03-04", "busy")),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:P2D", ("03-03", "03-05", "busy")),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:PT36H", ("03-03", "03-05", "busy")),
        ("DTSTART:20260303T090000Z", ("03-03T09:00", "03-03T09:00", "busy")),
        ("DTSTART:20260303T090000Z\nDURATION:P1W", ("03-03T09:00", "03-10T09:00", "busy")),
    ],
)
def test_extent(calendar: Any, event: str, row: tuple[str, str, str]) -> None:
    assert calendar.rows(event, *WEEK) == [row]


def test_occurrence_that_began_before_the_window(calendar: Any) -> None:
    event = "DTSTART:20260201T090000Z\nDURATION:P10D\nRRULE:FREQ=MONTHLY"
    assert calendar.rows(event, *WEEK) == [("03-01T09:00", "03-11T09:00", "busy")]
    assert calendar.rows(event, "2026-03-11", "2026-03-20") == [
        ("03-01T09:00", "03-11T09:00", "busy")
    ]


def test_this_and_future_brings_later_instances_back_into_the_window(
    calendar: Any, to_rows: Any
) -> None:
    body = series(
        "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY",
        "RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20260312\nDTSTART;VALUE=DATE:20260206",
    )
    assert starts(to_rows(calendar.expansion(body, *WEEK))) == ["03-05", "03-06"]


def test_overrides_of_equal_sequence_are_all_kept(calendar: Any, to_rows: Any) -> None:
    first = "RECURRENCE-ID:20260303T080000Z\nDTSTART:20260307T180000Z"
    second = "RECURRENCE-ID:20260303T080000Z\nDTSTART:20260307T200000Z"
    found = starts(to_rows(calendar.expansion(series(DAILY, first, second), *WEEK)))
    assert found[-2:] == ["03-07T18:00", "03-07T20:00"]


@pytest.mark.parametrize(
    ("event", "number"),
    [
        ("DTSTART:20260302T000000Z", 1),
        ("DTSTART:20260309T000000Z", 0),
        ("DTSTART:20260301T230000Z\nDURATION:PT1H", 0),
        ("DTSTART:20260301T230000Z\nDURATION:PT1H1S", 1),
    ],
)
def test_window_is_half_open(calendar: Any, event: str, number: int) -> None:
    assert len(calendar.rows(event, *WEEK)) == number


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", ["2027-01-04", "2028-01-03"]),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", ["2027-01-03", "2028-01-02"]),
        ("FREQ=YEARLY;BYWEEKNO=53", ["2026-12-31"]),
        ("FREQ=YEARLY;BYYEARDAY=-1", ["2026-12-31", "2027-12-31"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYMONTH=1", ["2027-01-29", "2028-01-31"]),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=1,2,3;BYMONTH=5", ["2027-05-03", "2028-05-01"]),
    ],
)
def test_rarer_rules(calendar: Any, rule: str, days: list[str]) -> None:
    # DTSTART, a Thursday, is an instance too; it lies before the window.
    event = f"DTSTART;VALUE=DATE:20200102\nRRULE:{rule}"
    body = f"BEGIN:VEVENT\nUID:one\n{event}\nEND:VEVENT"
    found = calendar.expansion(body, "2026-12-28", "2028-06-01").occurrences
    assert [f"{one.start_date}" for one in found] == days
