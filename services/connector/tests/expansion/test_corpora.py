"""Our engine against recurring-ical-events over the public files of two test suites.

`disagreements.csv` explains every difference, by file and UID (`*` when a whole file is at stake);
one it does not explain fails, and so does an explanation that no longer applies.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from connector.domain.expansion import NotACalendar
from connector.domain.window import Window
from corpora import CORPORA, PARIS, Found, corpus, explained, ours, read, within, years

pytestmark = pytest.mark.unit

DISAGREEMENTS = Path(__file__).with_name("disagreements.csv")


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


def disagreements(folder: Path) -> Iterator[tuple[str, str]]:
    for name, path in corpus(folder).items():
        body = read(path)
        try:
            reference = Reference(body)
            for window in years(body):
                theirs = reference.found(window)
                for uid, *_ in theirs ^ ours(body, window):
                    yield name, uid
        except NotACalendar:
            yield name, "*"
        except Exception:  # noqa: BLE001  # the reference fails on a whole calendar, in many ways
            for window in years(body):
                ours(body, window)
            yield name, "*"


@pytest.mark.filterwarnings("ignore")  # the reference engine warns about what it repairs
@pytest.mark.parametrize("folder", CORPORA.values(), ids=CORPORA.keys())
def test_every_disagreement_is_explained(folder: Path) -> None:
    assert len(corpus(folder)) >= 90
    assert set(disagreements(folder)) == explained(DISAGREEMENTS, folder)
