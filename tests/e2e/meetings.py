"""Meetings as people plan them, and as calendars spell them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

Span: TypeAlias = tuple[datetime, datetime]
"""Time `start <= t < end`, in UTC."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """An event that begins at `start`, aware, and again each week on the same wall clock."""

    uid: str
    start: datetime
    minutes: int = 60
    weeks: int = 1

    def moved(self, *, hours: int) -> "Meeting":
        """Return the same meeting at another hour."""
        return replace(self, start=self.start + timedelta(hours=hours))

    def weekly(self, weeks: int) -> "Meeting":
        """Return the same meeting, repeated."""
        return replace(self, weeks=weeks)

    @property
    def spans(self) -> list[Span]:
        """When it takes place: adding to a time with a zone moves along that zone's wall clock."""
        starts = [self.start + timedelta(weeks=week) for week in range(self.weeks)]
        return [span(start, minutes=self.minutes) for start in starts]


def span(start: datetime, *, minutes: int) -> Span:
    """Return elapsed time from an aware moment on."""
    begin = start.astimezone(UTC)
    return begin, begin + timedelta(minutes=minutes)


def spans_of(meetings: Iterable[Meeting]) -> list[Span]:
    """Return when meetings, of which no two touch, take place, in order."""
    return sorted(one for meeting in meetings for one in meeting.spans)


def icalendar_of(meetings: Iterable[Meeting]) -> bytes:
    """Spell one VCALENDAR with the zones its meetings are planned in."""
    calendar: Any = Calendar()  # its `add` is untyped
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Entente//Tests//EN")
    for meeting in meetings:
        calendar.add_component(_component(meeting))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _component(meeting: Meeting) -> Any:
    component: Any = Event()  # its `add` is untyped
    component.add("uid", meeting.uid)
    component.add("dtstamp", datetime(2026, 1, 1, tzinfo=UTC))
    component.add("dtstart", meeting.start)
    component.add("duration", timedelta(minutes=meeting.minutes))
    component.add("summary", "Meeting")
    if meeting.weeks > 1:
        component.add("rrule", vRecur.from_ical(f"FREQ=WEEKLY;COUNT={meeting.weeks}"))
    return component


def monday(zone: str, *, hour: int = 0, minute: int = 0, day: int = 0) -> datetime:
    """Return a time of the first whole week ahead in a zone; `day` counts from its Monday."""
    tomorrow = datetime.now(ZoneInfo(zone)).date() + timedelta(days=1)
    first = tomorrow + timedelta(days=-tomorrow.weekday() % 7)
    return datetime.combine(first + timedelta(days=day), time(hour, minute), ZoneInfo(zone))
