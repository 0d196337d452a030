"""What the tests of expansion share: a short way to write a calendar and to read the answer."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that tests can name what they share

from connector.domain.expansion import Expansion
from connector.domain.limits import Limits
from connector.domain.occurrence import TimedOccurrence
from connector.domain.window import Window
from connector.icalendar.expand import expand

OWNER = "ada@example.org"
Row = tuple[str, str, str]


class Calendar:
    """Expands VEVENTs written as text, in a window given as two dates, `default_zone` Paris."""

    def expansion(
        self,
        body: str,
        first: str,
        end: str,
        *,
        zone: str = "Europe/Paris",
        limits: Limits | None = None,
    ) -> Expansion:
        window = Window(
            datetime.combine(date.fromisoformat(first), datetime.min.time(), UTC),
            datetime.combine(date.fromisoformat(end), datetime.min.time(), UTC),
        )
        lines = dedent(body).strip().splitlines()
        text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])
        return expand(
            text.encode(),
            window,
            owner_addresses=frozenset({OWNER}),
            default_zone=zone,
            limits=limits or Limits(),
        )

    def rows(self, body: str, first: str, end: str, *, zone: str = "Europe/Paris") -> list[Row]:
        """Return start, end and state of every occurrence of one event, times in UTC."""
        body = "\n".join(["BEGIN:VEVENT", "UID:one", *dedent(body).strip().splitlines()])
        return rows(self.expansion(body + "\nEND:VEVENT", first, end, zone=zone))


def rows(expansion: Expansion) -> list[Row]:
    return [
        (f"{one.start:%m-%dT%H:%M}", f"{one.end:%m-%dT%H:%M}", one.state.value)
        if isinstance(one, TimedOccurrence)
        else (f"{one.start_date:%m-%d}", f"{one.end_date:%m-%d}", one.state.value)
        for one in expansion.occurrences
    ]


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture(scope="session")
def to_rows() -> Callable[[Expansion], list[Row]]:
    return rows
