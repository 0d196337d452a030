"""What most Python programs would use: icalendar with recurring-ical-events."""

from typing import Any

import icalendar
import recurring_ical_events

from bench.busy import Interval, instant


def expand(content: bytes, window: Interval) -> list[Interval]:
    """Return when the events of a calendar without all-day events take place in the window."""
    calendar: Any = icalendar.Calendar.from_ical(content)
    begin, end = map(instant, window)
    found: Any = recurring_ical_events.of(calendar).between(begin, end)
    return [(int(event.start.timestamp()), int(event.end.timestamp())) for event in found]
