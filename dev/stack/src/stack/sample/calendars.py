"""What the sample hosts' calendars hold: a working life that repeats, from this week on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """An event on a day of this week (0 for Monday), in local time, for some minutes."""

    uid: str
    summary: str
    weekday: int
    begins: time
    minutes: int
    rule: str | None = None
    transparent: bool = False


ADAS = (
    SampleEvent("standup", "Stand-up", 0, time(9, 30), 15, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    SampleEvent("notes", "Notes on the engine", 1, time(14), 120, "FREQ=WEEKLY"),
    SampleEvent("review", "Review", 3, time(11), 60, "FREQ=WEEKLY;INTERVAL=2"),
    SampleEvent("focus", "Focus, interruptible", 2, time(10), 180, "FREQ=WEEKLY", transparent=True),
)
GRACES = (
    SampleEvent("compilers", "Compilers", 0, time(10), 90, "FREQ=WEEKLY;BYDAY=MO,WE"),
    SampleEvent("board", "Board", 4, time(13), 120, "FREQ=MONTHLY;BYDAY=1FR"),
    SampleEvent("doctor", "Doctor", 2, time(15, 30), 45),
)


def calendar_of(events: Iterable[SampleEvent], zone: str, *, today: date) -> str:
    """Return one VCALENDAR with the events, times in the given IANA zone."""
    calendar: Any = Calendar()  # its `add` is untyped
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Entente//Sample//EN")
    monday = today - timedelta(days=today.weekday())
    for event in events:
        calendar.add_component(_component(event, monday, ZoneInfo(zone)))
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())


def _component(event: SampleEvent, monday: date, zone: ZoneInfo) -> Any:
    start = datetime.combine(monday + timedelta(days=event.weekday), event.begins, zone)
    component: Any = Event()  # its `add` is untyped
    component.add("uid", f"{event.uid}@sample.example.org")
    component.add("dtstamp", datetime.combine(monday, time(), ZoneInfo("UTC")))
    component.add("dtstart", start)
    component.add("duration", timedelta(minutes=event.minutes))
    component.add("summary", event.summary)
    if event.rule:
        component.add("rrule", vRecur.from_ical(event.rule))
    if event.transparent:
        component.add("transp", "TRANSPARENT")
    return component
