"""What a TZID can mean."""

from typing import Any

import pytest
from connector.icalendar.expand import expand

pytestmark = pytest.mark.unit

SUMMER = ("2026-07-01", "2026-07-02")

CUSTOM = """
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:/vendor/No Such Place
X-LIC-LOCATION:America/New_York
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:Ended
BEGIN:DAYLIGHT
DTSTART:19930328T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20140330T010000Z
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19920927T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL=20141026T010000Z
END:STANDARD
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("DTSTART;TZID=Europe/Paris:20260701T120000", "07-01T10:00"),
        ('DTSTART;TZID="Europe/Paris":20260701T120000', "07-01T10:00"),
        ("DTSTART;TZID=/mozilla.org/20070129_1/Europe/Paris:20260701T120000", "07-01T10:00"),
        ("DTSTART;TZID=/Europe/Paris:20260701T120000", "07-01T10:00"),
        ("DTSTART;TZID=/x/America/Argentina/Salta:20260701T120000", "07-01T15:00"),
        ("DTSTART;TZID=Pacific Standard Time:20260701T120000", "07-01T19:00"),
        ("DTSTART;TZID=W. Europe Standard Time:20260701T120000", "07-01T10:00"),
        ("DTSTART;TZID=Customized Time Zone:20260701T120000", "07-01T10:00"),
        ("DTSTART;TZID=/vendor/No Such Place:20260701T120000", "07-01T16:00"),
        ("DTSTART;TZID=Ended:20260701T120000", "07-01T11:00"),
        ("DTSTART;TZID=GMT+0300:20260701T120000", "07-01T09:00"),
        ("DTSTART;TZID=UTC-5:20260701T120000", "07-01T17:00"),
        ("DTSTART;TZID=UTC:20260701T120000", "07-01T12:00"),
        ("DTSTART;TZID=Europe/Paris:20260701T120000Z", "07-01T12:00"),
        ("DTSTART:20260701T120000", "07-01T10:00"),
    ],
)
def test_tzid(calendar: Any, to_rows: Any, line: str, start: str) -> None:
    expansion = calendar.expansion(f"{CUSTOM}BEGIN:VEVENT\nUID:one\n{line}\nEND:VEVENT", *SUMMER)
    assert to_rows(expansion) == [(start, start, "busy")]
    assert expansion.broken == ()


def test_floating_time_is_the_calendars(calendar: Any, to_rows: Any) -> None:
    body = "X-WR-TIMEZONE:Asia/Tokyo\nBEGIN:VEVENT\nDTSTART:20260701T120000\nEND:VEVENT"
    assert to_rows(calendar.expansion(body, *SUMMER)) == [("07-01T03:00", "07-01T03:00", "busy")]


@pytest.mark.parametrize("tzid", ["Nowhere", "Europe", "../../etc/passwd", "/", "A" * 300])
def test_zone_that_nothing_explains_blocks_as_unknown(
    calendar: Any, to_rows: Any, tzid: str
) -> None:
    body = f"BEGIN:VEVENT\nUID:one\nDTSTART;TZID={tzid}:20260701T120000\nDURATION:PT1H\nEND:VEVENT"
    expansion = calendar.expansion(body, *SUMMER)
    assert to_rows(expansion) == [("07-01T10:00", "07-01T11:00", "unknown")]
    assert [(broken.reason, broken.line) for broken in expansion.broken] == [("unknown_zone", 3)]


def test_custom_zone_follows_its_own_rules_on_both_days_of_change(calendar: Any) -> None:
    event = f"""
        BEGIN:VEVENT
        UID:one
        DTSTART;TZID=Customized Time Zone:%s
        RRULE:FREQ=DAILY;COUNT=3
        END:VEVENT
        {CUSTOM}
    """.replace("        ", "")
    spring = calendar.expansion(event % "20260328T023000", "2026-03-28", "2026-04-01")
    autumn = calendar.expansion(event % "20261024T023000", "2026-10-24", "2026-10-28")
    starts = [f"{one.start:%dT%H:%M}" for one in (*spring.occurrences, *autumn.occurrences)]
    assert starts == ["28T01:30", "29T01:30", "30T00:30", "24T00:30", "25T00:30", "26T01:30"]


def test_what_the_calendar_says_about_itself(calendar: Any) -> None:
    body = "X-WR-CALNAME:Team\\, all\nX-WR-TIMEZONE:Romance Standard Time"
    expansion = calendar.expansion(body, *SUMMER)
    assert (expansion.name, expansion.timezone) == ("Team, all", "Europe/Paris")
    only = calendar.expansion("BEGIN:VTIMEZONE\nTZID:Asia/Tokyo\nEND:VTIMEZONE", *SUMMER)
    assert (only.name, only.timezone) == (None, "Asia/Tokyo")


def test_default_zone_must_exist(calendar: Any) -> None:
    window = calendar.expansion("", *SUMMER).window
    with pytest.raises(ValueError, match="default zone"):
        expand(b"", window, owner_addresses=frozenset(), default_zone="Nowhere/Land")
