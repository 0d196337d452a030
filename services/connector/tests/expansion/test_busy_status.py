"""The table of what each property does to the owner's time."""

from typing import Any

import pytest

pytestmark = pytest.mark.unit

DAY = ("2026-03-02", "2026-03-03")
TIME = "DTSTART:20260302T090000Z\nDTEND:20260302T100000Z\n"
ME = "mailto:Ada@Example.org"


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("", "busy"),
        ("TRANSP:OPAQUE", "busy"),
        ("TRANSP:TRANSPARENT", "free"),
        ("STATUS:CONFIRMED", "busy"),
        ("STATUS:TENTATIVE", "tentative"),
        ("STATUS:TENTATIVE\nTRANSP:TRANSPARENT", "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "free"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "tentative"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "busy"),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", "out_of_office"),
        (f"ATTENDEE;PARTSTAT=ACCEPTED:{ME}", "busy"),
        (f"ATTENDEE;PARTSTAT=DECLINED:{ME}", "free"),
        (f"ATTENDEE;PARTSTAT=DELEGATED:{ME}", "free"),
        (f"ATTENDEE;PARTSTAT=TENTATIVE:{ME}", "tentative"),
        (f"ATTENDEE;PARTSTAT=NEEDS-ACTION:{ME}", "tentative"),
        (f"ATTENDEE:{ME}", "tentative"),
        (f"ATTENDEE:{ME}\nORGANIZER:{ME}", "busy"),
        (f"ATTENDEE;PARTSTAT=DECLINED:{ME}\nORGANIZER:{ME}", "free"),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "busy"),
        (f"ATTENDEE;PARTSTAT=DECLINED:{ME}\nATTENDEE;PARTSTAT=ACCEPTED:{ME}", "busy"),
        ('ATTENDEE;EMAIL=ada@example.org;CN="A; B: C";PARTSTAT=DECLINED:/17/principal/', "free"),
        (f"ATTENDEE;PARTSTAT=NEEDS-ACTION:{ME}\nX-MICROSOFT-CDO-BUSYSTATUS:OOF", "tentative"),
    ],
)
def test_state(calendar: Any, lines: str, state: str) -> None:
    assert calendar.rows(TIME + lines, *DAY) == [("03-02T09:00", "03-02T10:00", state)]


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "status:cancelled", "METHOD:CANCEL"])
def test_cancelled_is_no_occurrence(calendar: Any, line: str) -> None:
    assert calendar.rows(TIME + line, *DAY) == []


def test_calendar_with_method_cancel_takes_its_events_back(calendar: Any) -> None:
    body = f"METHOD:CANCEL\nBEGIN:VEVENT\nUID:one\n{TIME}END:VEVENT"
    assert calendar.expansion(body, *DAY).occurrences == ()


def test_alarms_are_dropped_before_anything_reads_them(calendar: Any) -> None:
    alarm = "BEGIN:VALARM\nDTSTART:20260302T000000Z\nDURATION:P9D\nTRANSP:TRANSPARENT\nEND:VALARM"
    assert calendar.rows(TIME + alarm, *DAY) == [("03-02T09:00", "03-02T10:00", "busy")]


def test_vfreebusy_periods(calendar: Any, to_rows: Any) -> None:
    body = """
        BEGIN:VFREEBUSY
        FREEBUSY:20260302T080000Z/PT1H,20260302T100000Z/20260302T110000Z
        FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260302T120000Z/PT30M
        FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260302T130000Z/PT30M
        FREEBUSY;FBTYPE=FREE:20260302T140000Z/PT30M
        FREEBUSY;FBTYPE=X-LUNCH:20260302T150000Z/PT30M
        END:VFREEBUSY
    """
    assert to_rows(calendar.expansion(body, *DAY)) == [
        ("03-02T08:00", "03-02T09:00", "busy"),
        ("03-02T10:00", "03-02T11:00", "busy"),
        ("03-02T12:00", "03-02T12:30", "tentative"),
        ("03-02T13:00", "03-02T13:30", "out_of_office"),
        ("03-02T14:00", "03-02T14:30", "free"),
        ("03-02T15:00", "03-02T15:30", "busy"),
    ]
