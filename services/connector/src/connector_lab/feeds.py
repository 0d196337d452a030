"""Calendars as iCalendar text, with times that are always within the horizon."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

TOMORROW = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def at(hour: float, *, day: int = 0) -> datetime:
    """Return an hour of tomorrow, or of a day after it."""
    return TOMORROW + timedelta(days=day, hours=hour)


def event(
    uid: str, start: datetime, *, hours: float = 1, summary: str = "Lunch", more: str = ""
) -> str:
    """Spell a VEVENT; `more` are further lines."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + timedelta(hours=hours):%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{summary}",
        *more.splitlines(),
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def calendar(events: Iterable[str], *, name: str | None = None) -> bytes:
    """Spell a VCALENDAR."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Entente//Tests//EN"]
    named = [f"X-WR-CALNAME:{name}"] if name else []
    return "\r\n".join([*head, *named, *events, "END:VCALENDAR", ""]).encode()


def span(start: datetime, hours: float = 1) -> tuple[str, str]:
    """Return busy time as the log shows it."""
    end = start + timedelta(hours=hours)
    return f"{start:%Y-%m-%dT%H:%M}", f"{end:%Y-%m-%dT%H:%M}"
