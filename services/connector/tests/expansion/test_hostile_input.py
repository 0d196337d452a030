"""Input made to hurt: it ends within stated limits, and never as free time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from connector.domain.expansion import NotACalendar
from connector.domain.limits import Limit, LimitExceeded, Limits, Work
from connector.domain.window import Window
from connector.icalendar.expand import expand
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

MARCH = ("2026-03-01", "2026-04-01")
WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
GOOD = "BEGIN:VEVENT\nUID:good\nDTSTART:20260302T090000Z\nDURATION:PT1H\nEND:VEVENT"
GOOD_ROW = ("03-02T09:00", "03-02T10:00", "busy")
ALL_MARCH = ("03-01T00:00", "04-01T00:00", "unknown")


def event(lines: str) -> str:
    return f"BEGIN:VEVENT\nUID:bad\n{lines}\nEND:VEVENT\n{GOOD}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><title>Sign in</title>",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260302T090000Z\r\n",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".encode("utf-16"),
    ],
)
def test_what_is_no_whole_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(NotACalendar):
        expand(body, WINDOW, owner_addresses=frozenset(), default_zone="UTC")


def test_byte_order_mark_bare_ends_and_blank_lines_are_read() -> None:
    body = b"\xef\xbb\xbfbegin:vcalendar\nBEGIN:VEVENT\n\nDTSTART:2026030\n 2T090000Z\nEND:VEVENT\n"
    expansion = expand(
        body + b"end:vcalendar", WINDOW, owner_addresses=frozenset(), default_zone="UTC"
    )
    assert len(expansion.occurrences) == 1


@pytest.mark.parametrize(
    ("limits", "body", "which"),
    [
        (Limits(bytes=100), GOOD, Limit.BYTES),
        (Limits(components=2), f"{GOOD}\n{GOOD}", Limit.COMPONENTS),
        (Limits(), "BEGIN:X\n" * 5 + "END:X\n" * 5, Limit.DEPTH),
        (Limits(line_length=50), event("RDATE:" + "20260301," * 9), Limit.LINE_LENGTH),
        (Limits(occurrences=9), event("DTSTART:20260301\nRRULE:FREQ=DAILY"), Limit.OCCURRENCES),
        (Limits(work=20), event("DTSTART:20260301\nRRULE:FREQ=DAILY"), Limit.WORK),
    ],
)
def test_limits_of_the_body(calendar: Any, limits: Limits, body: str, which: Limit) -> None:
    with pytest.raises(LimitExceeded) as caught:
        calendar.expansion(body, *MARCH, limits=limits)
    assert caught.value.which is which


def test_long_line_that_nobody_reads_does_no_harm(calendar: Any, to_rows: Any) -> None:
    body = event(f"STATUS:CANCELLED\nATTACH:{'A' * 2_000_000}")
    assert to_rows(calendar.expansion(body, *MARCH)) == [GOOD_ROW]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=SECONDLY", "rule_too_costly"),
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "rule_too_costly"),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", None),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "rule_too_costly"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9", None),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYHOUR=" + ",".join(map(str, range(24))), None),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,9;BYSECOND=" + "0," * 900 + "1", None),
        ("FREQ=FORTNIGHTLY", "invalid_rule"),
        ("FREQ=DAILY;INTERVAL=0", "invalid_rule"),
        ("FREQ=DAILY;UNTIL=20269999", "invalid_rule"),
        ("FREQ=DAILY;FREQ=WEEKLY", "invalid_rule"),
        ("FREQ=MONTHLY;BYDAY=0MO", "invalid_rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=" + "1," * 4000, "invalid_rule"),
    ],
)
def test_rule_that_is_not_expanded_blocks(
    calendar: Any, to_rows: Any, rule: str, reason: str | None
) -> None:
    body = event(f"DTSTART:20000101T000000Z\nDURATION:PT1S\nRRULE:{rule}")
    expansion = calendar.expansion(body, *MARCH)
    found = to_rows(expansion)
    assert GOOD_ROW in found
    assert [(broken.uid, broken.reason) for broken in expansion.broken] == (
        [("bad", reason)] if reason else []
    )
    assert (ALL_MARCH in found) == bool(reason)


def test_rule_that_is_not_expanded_blocks_only_until_its_end(calendar: Any, to_rows: Any) -> None:
    body = event("DTSTART:20260310T000000Z\nRRULE:FREQ=SECONDLY;UNTIL=20260312T000000Z")
    blocked = to_rows(calendar.expansion(body, *MARCH))[1]
    assert blocked == ("03-10T00:00", "03-15T00:00", "unknown")
    free = event("TRANSP:TRANSPARENT\nDTSTART:20260310T000000Z\nRRULE:FREQ=SECONDLY")
    assert to_rows(calendar.expansion(free, *MARCH)) == [GOOD_ROW]


@pytest.mark.parametrize(
    ("lines", "reason", "row"),
    [
        ("SUMMARY:x", "missing_start", None),
        ("DTSTART:soon", "invalid_start", None),
        ("DTSTART:20260231", "invalid_start", None),
        ("DTSTART:2026W101", "invalid_start", None),
        (
            "DTSTART:20260303T090000Z\nDTEND:later",
            "invalid_end",
            ("03-03T09:00", "03-04T00:00", "unknown"),
        ),
        (
            "DTSTART:20260303T090000Z\nDTEND:20260303T080000Z",
            "end_before_start",
            ("03-03T08:00", "03-03T09:00", "unknown"),
        ),
        (
            "DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260302",
            "end_before_start",
            ("03-02", "03-04", "unknown"),
        ),
        (
            "DTSTART:20260303T090000Z\nRECURRENCE-ID:then\nDURATION:PT1H",
            "invalid_recurrence_id",
            ("03-03T09:00", "03-03T10:00", "unknown"),
        ),
        (
            "DTSTART:20260303T090000Z\nDURATION:PT1H\nBEGIN:VALARM",
            "malformed_component",
            ("03-03T09:00", "03-03T10:00", "unknown"),
        ),
        (
            "DTSTART:20260303T090000Z\nDURATION:PT1H\nRDATE:nonsense",
            "invalid_rdate",
            ("03-03T09:00", "03-03T10:00", "busy"),
        ),
    ],
)
def test_broken_event_is_reported_and_hides_no_other(
    calendar: Any, to_rows: Any, lines: str, reason: str, row: tuple[str, str, str] | None
) -> None:
    expansion = calendar.expansion(event(lines), *MARCH)
    assert sorted(to_rows(expansion)) == sorted([GOOD_ROW, *([row] if row else [])])
    assert [(b.uid, b.reason, b.line) for b in expansion.broken] == [("bad", reason, 3)]


EVER = "99991231T235959"
NEW_YORK = "DTSTART;TZID=America/New_York:20260330T090000"


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (
            f"{NEW_YORK}\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={EVER}",
            [("03-30T13:00", "03-30T14:00", "busy"), ("03-31T13:00", "03-31T14:00", "busy")],
        ),
        (
            f"DTSTART:20260310T000000Z\nRRULE:FREQ=SECONDLY;UNTIL={EVER}Z",
            [("03-10T00:00", "04-01T00:00", "unknown")],
        ),
        (
            "DTSTART;VALUE=DATE:20260310\nRRULE:FREQ=HOURLY;UNTIL=99991231",
            [("03-10", "04-02", "unknown")],
        ),
        (f"{NEW_YORK}\nDTEND;TZID=America/New_York:{EVER}", [("03-30T13:00", "ever", "busy")]),
        ("DTSTART:20260310T000000Z\nDURATION:P9999999D", [("03-10T00:00", "ever", "busy")]),
        ("DTSTART;VALUE=DATE:20260310\nDURATION:P9999999D", [("03-10", "ever", "busy")]),
        (
            "DTSTART;TZID=Asia/Tokyo:00010101T000000\nDTEND:20260302T000000Z",
            [("01-01T00:00", "03-02T00:00", "busy")],
        ),
        (
            "DTSTART;TZID=Asia/Tokyo:00010303T120000\nRRULE:FREQ=YEARLY\nDURATION:PT1H",
            [("03-03T03:00", "03-03T04:00", "busy")],
        ),
        ("DTSTART;TZID=Asia/Tokyo:00010101T000000", []),
        (f"DTSTART:{EVER}Z\nDURATION:P9W", []),
        (f"DTSTART;TZID=America/New_York:{EVER}\nDTEND:never", []),
    ],
)
def test_the_ends_of_the_calendar_free_nothing(
    calendar: Any, to_rows: Any, lines: str, rows: list[tuple[str, str, str]]
) -> None:
    found = [row for row in to_rows(calendar.expansion(event(lines), *MARCH)) if row != GOOD_ROW]
    ends = {"12-31T23:59": "ever", "12-31": "ever"}
    assert [(start, ends.get(end, end), state) for start, end, state in found] == rows


def test_what_leads_past_the_ends_of_the_calendar_is_unknown(calendar: Any, to_rows: Any) -> None:
    lines = f"DTSTART;TZID=Asia/Tokyo:20260310T090000\nDURATION:PT1H\nRDATE:{EVER}Z"
    expansion = calendar.expansion(event(lines), *MARCH)
    assert ("03-10T00:00", "04-01T00:00", "unknown") in to_rows(expansion)
    assert [(broken.uid, broken.reason) for broken in expansion.broken] == [("bad", "out_of_range")]


def test_unreadable_override_leaves_its_instance_unknown(calendar: Any, to_rows: Any) -> None:
    master = "DTSTART:20260303T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
    body = f"{event(master)}\nBEGIN:VEVENT\nUID:bad\nRECURRENCE-ID:20260304T090000Z\nEND:VEVENT"
    assert to_rows(calendar.expansion(body, *MARCH))[1:] == [
        ("03-03T09:00", "03-03T10:00", "busy"),
        ("03-04T09:00", "03-04T10:00", "unknown"),
    ]


NUMBERS = st.lists(st.integers(-400, 400), min_size=1, max_size=5).map(
    lambda numbers: ",".join(map(str, numbers))
)
NUMERIC = (
    *("INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"),
    *("BYHOUR", "BYMINUTE", "BYSECOND", "X-OWN"),
)
PARTS = st.one_of(
    st.sampled_from(
        ["BYDAY=MO", "BYDAY=-1SU,2TU", "BYDAY=5FR", "WKST=SU", "UNTIL=20260401", "COUNT=999999999"]
    ),
    st.tuples(
        st.sampled_from(NUMERIC),
        NUMBERS,
    ).map("=".join),
    st.text(alphabet="BYDAFREQ=;,-0123456789:", max_size=12),
)
RULES = st.tuples(
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]),
    st.lists(PARTS, max_size=4),
).map(lambda rule: ";".join([f"FREQ={rule[0]}", *rule[1]]))


class CountedWork(Work):
    """Adds up what is spent, so that the bound can be looked at."""

    spent = 0

    def spend(self, steps: int) -> None:
        super().spend(steps)
        type(self).spent += steps


@settings(deadline=None)  # the work is bounded, not the clock
@given(rule=RULES, year=st.integers(1, 2030))
def test_any_rule_ends_within_its_share_of_work(rule: str, year: int) -> None:
    CountedWork.spent = 0
    lines = f"UID:bad\r\nDTSTART:{year:04}0131T100000Z\r\nRRULE:{rule}\r\n"
    body = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connector.icalendar.expand.Work", CountedWork)
        expansion = expand(
            body.encode(), WINDOW, owner_addresses=frozenset(), default_zone="Europe/Paris"
        )
    assert CountedWork.spent <= Limits().work_per_series
    assert all(one.state == "unknown" for one in expansion.occurrences if expansion.broken)


@settings(deadline=None)  # the work is bounded, not the clock
@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer_or_a_named_refusal(noise: bytes) -> None:
    body = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + noise + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    try:
        expand(body, WINDOW, owner_addresses=frozenset(), default_zone="UTC")
    except (NotACalendar, LimitExceeded):
        return
