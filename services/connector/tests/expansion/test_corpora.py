"""Our engine against recurring-ical-events over the public files of two test suites.

The files are those that the installed packages icalendar and recurring-ical-events bring along.
`disagreements.csv` explains every difference, by file and UID (`*` when a whole file is at stake);
one it does not explain fails, and so does an explanation that no longer applies.
"""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from connector.domain.expansion import NotACalendar
from connector.domain.occurrence import Occurrence, TimedOccurrence
from connector.domain.window import Window
from connector.icalendar.expand import expand

pytestmark = pytest.mark.unit

ICALENDAR = Path(icalendar.__file__).parent / "tests"
RECURRING = Path(recurring_ical_events.__file__).parent / "test" / "calendars"
DISAGREEMENTS = Path(__file__).with_name("disagreements.csv")
PARIS = ZoneInfo("Europe/Paris")
MOST_YEARS = 4
Found = set[tuple[str, date, date]]
"""UID, start and end; times in UTC."""


def corpus(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.ics"))


def read(path: Path) -> bytes:
    """Return a file as a stream; bare components are put into a calendar."""
    body = path.read_bytes()
    if b"BEGIN:VCALENDAR" in body:
        return body
    return b"BEGIN:VCALENDAR\r\n" + body.strip() + b"\r\nEND:VCALENDAR\r\n"


def windows(body: bytes) -> list[Window]:
    """Return the years in which events begin, some of them, and the year after the last."""
    begun = sorted({int(year) for year in re.findall(rb"\nDTSTART[^\r\n]*?:([12]\d{3})", body)})
    some = begun[:MOST_YEARS] + begun[-1:]
    years = sorted({*some, *(year + 1 for year in begun[-1:])})
    return [Window(datetime(y, 1, 1, tzinfo=UTC), datetime(y + 1, 1, 1, tzinfo=UTC)) for y in years]


def ours(body: bytes, window: Window) -> Found:
    expansion = expand(body, window, owner_addresses=frozenset(), default_zone=PARIS.key)
    return {found for one in expansion.occurrences if within(found := key(one), window)}


def key(one: Occurrence) -> tuple[str, date, date]:
    uid = "" if one.uid.startswith("component-") else one.uid
    if isinstance(one, TimedOccurrence):
        return uid, one.start, one.end
    return uid, one.start_date, one.end_date


class Reference:
    """The other engine, asked for a little more than the window: edges are cut here alike."""

    def __init__(self, body: bytes) -> None:
        calendars: Any = icalendar.Calendar.from_ical(body, multiple=True)
        self._queries: list[Any] = [
            recurring_ical_events.of(calendar, skip_bad_series=True) for calendar in calendars
        ]

    def found(self, window: Window) -> Found:
        margin = timedelta(days=2)
        return {
            found
            for query in self._queries
            for event in query.between(window.start - margin, window.end + margin)
            if event.get("STATUS") != "CANCELLED" and within(found := self._key(event), window)
        }

    @staticmethod
    def _key(event: Any) -> tuple[str, date, date]:
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        if isinstance(start, datetime):
            start, end = (at if at.tzinfo else at.replace(tzinfo=PARIS) for at in (start, end))
            start, end = start.astimezone(UTC), end.astimezone(UTC)
        return str(event.get("UID", "")), start, end


def within(found: tuple[str, date, date], window: Window) -> bool:
    _, start, end = found
    if isinstance(start, datetime) and isinstance(end, datetime):
        return window.covers(start, end)
    return start < window.end.date() and end > window.start.date()


def disagreements(folder: Path) -> Iterator[tuple[str, str]]:
    for path in corpus(folder):
        name = f"{folder.parent.name}/{path.relative_to(folder).as_posix()}"
        body = read(path)
        try:
            reference = Reference(body)
            for window in windows(body):
                theirs = reference.found(window)
                for uid, *_ in theirs ^ ours(body, window):
                    yield name, uid
        except NotACalendar:
            yield name, "*"
        except Exception:  # noqa: BLE001  # the reference fails on a whole calendar, in many ways
            for window in windows(body):
                ours(body, window)
            yield name, "*"


@pytest.mark.filterwarnings("ignore")  # the reference engine warns about what it repairs
@pytest.mark.parametrize("folder", [ICALENDAR, RECURRING], ids=["icalendar", "recurring"])
def test_every_disagreement_is_explained(folder: Path) -> None:
    assert len(corpus(folder)) >= 90
    prefix = f"{folder.parent.name}/"
    with DISAGREEMENTS.open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["file"].startswith(prefix)]
    assert all(row["right"] in {"ours", "theirs", "neither"} and row["why"] for row in rows)
    assert set(disagreements(folder)) == {(row["file"], row["uid"]) for row in rows}
