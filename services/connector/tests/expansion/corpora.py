"""The public calendars two engines are compared on, and what ours finds in them.

The files are those that the installed packages icalendar and recurring-ical-events bring along
with their tests. Every year in which something begins is looked at, up to a few.
"""

import csv
import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from connector.domain.occurrence import Occurrence, TimedOccurrence
from connector.domain.window import Window
from connector.icalendar.expand import expand

CORPORA = {
    "icalendar": Path(icalendar.__file__).parent / "tests",
    "recurring": Path(recurring_ical_events.__file__).parent / "test" / "calendars",
}
PARIS = ZoneInfo("Europe/Paris")
MOST_YEARS = 4
VERDICTS = {"ours", "theirs", "neither", "open"}
"""Whose reading stands, by the standard or as the file plainly means; `open` if neither tells."""
Found = set[tuple[str, date, date]]
"""UID, start and end; times in UTC."""


def corpus(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by the name under which the tables explain them."""
    return {
        f"{folder.parent.name}/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*.ics"))
    }


def read(path: Path) -> bytes:
    """Return a file as a stream; bare components are put into a calendar."""
    body = path.read_bytes()
    if b"BEGIN:VCALENDAR" in body:
        return body
    return b"BEGIN:VCALENDAR\r\n" + body.strip() + b"\r\nEND:VCALENDAR\r\n"


def years(body: bytes) -> list[Window]:
    """Return the years in which events begin, some of them, and the year after the last."""
    begun = sorted({int(year) for year in re.findall(rb"\nDTSTART[^\r\n]*?:([12]\d{3})", body)})
    some = begun[:MOST_YEARS] + begun[-1:]
    chosen = sorted({*some, *(year + 1 for year in begun[-1:])})
    return [
        Window(datetime(y, 1, 1, tzinfo=UTC), datetime(y + 1, 1, 1, tzinfo=UTC)) for y in chosen
    ]


def ours(body: bytes, window: Window) -> Found:
    expansion = expand(body, window, owner_addresses=frozenset(), default_zone=PARIS.key)
    return {found for one in expansion.occurrences if within(found := _key(one), window)}


def _key(one: Occurrence) -> tuple[str, date, date]:
    uid = "" if one.uid.startswith("component-") else one.uid
    if isinstance(one, TimedOccurrence):
        return uid, one.start, one.end
    return uid, one.start_date, one.end_date


def within(found: tuple[str, date, date], window: Window) -> bool:
    _, start, end = found
    if isinstance(start, datetime) and isinstance(end, datetime):
        return window.covers(start, end)
    return start < window.end.date() and end > window.start.date()


def explained(table: Path, folder: Path) -> set[tuple[str, str]]:
    """Return the file and UID of every disagreement that a table explains in a folder."""
    prefix = f"{folder.parent.name}/"
    with table.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["file"].startswith(prefix)]
    assert all(row["right"] in VERDICTS and row["why"] for row in rows)
    keys = [(row["file"], row["uid"]) for row in rows]
    assert len(keys) == len(set(keys))
    return set(keys)
