"""Titles are found wherever busy time is, however odd what stands around them."""

from datetime import UTC, datetime

import pytest
from connector.adapters.expansion.titles import list_titled
from connector.adapters.expansion.work import Task
from connector.application.expander import Basis
from connector.domain.horizon import Horizon
from connector.domain.source import Resource
from connector.domain.window import Window

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = Window(NOW, datetime(2026, 4, 1, tzinfo=UTC))
BASIS = Basis(
    tenant_id="acme",
    horizon=Horizon.at(NOW),
    owner_address="anna@example.com",
    default_zone="Europe/Paris",
    key="basis",
)
TIMES = "DTSTART;TZID=Europe/Paris:20260302T090000\nDURATION:PT1H"


def titled(*lines: str) -> list[str]:
    content = "\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode()
    resource = Resource(content=content, media_type="text/calendar")
    task = Task(resources=(resource,), basis=BASIS, tenant_key=b"key")
    return [one.title for one in list_titled(task, WINDOW)]


def event(*more: str, summary: str = "Tea") -> str:
    return "\n".join(["BEGIN:VEVENT", "UID:one", f"SUMMARY:{summary}", *more, "END:VEVENT"])


@pytest.mark.parametrize(
    "odd",
    [
        "BEGIN:VALARM\nTRIGGER:foo\nEND:VALARM",
        "no line of a calendar",
        "LAST-MODIFIED:20161231T235960Z",
        "END:VALARM",
    ],
)
def test_what_is_odd_inside_an_event_does_not_cost_its_title(odd: str) -> None:
    assert titled(event(TIMES, odd)) == ["Tea"]


@pytest.mark.parametrize(
    "odd",
    [
        "no line of a calendar",
        "BEGIN:VTODO\nDUE:xx\nEND:VTODO",
        "BEGIN:VTIMEZONE\nTZID:Foo\nBEGIN:STANDARD\nTZOFFSETFROM:+2400\nEND:STANDARD\nEND:VTIMEZONE",
        "BEGIN:VEVENT\nUID:one\nRECURRENCE-ID:bad\nEND:VEVENT",
        "BEGIN:VEVENT\nUID:far\nRECURRENCE-ID;TZID=Asia/Tokyo:00010101T000000\nEND:VEVENT",
    ],
)
def test_what_is_odd_beside_an_event_does_not_cost_its_title(odd: str) -> None:
    assert titled(odd, event(TIMES)) == ["Tea"]


def test_an_instance_with_a_title_of_its_own_shows_it() -> None:
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Paris:20260303T090000",
        "DTSTART:20260303T150000Z",
        summary="Coffee\\, black\\nor not",
    )
    assert titled(event(TIMES, "RRULE:FREQ=DAILY;COUNT=3"), moved) == [
        "Tea",
        "Coffee, black or not",
        "Tea",
    ]
