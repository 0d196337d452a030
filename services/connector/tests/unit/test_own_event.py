"""When a meeting takes place by what its entry shows, whatever an app made of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from connector.domain.own_event import OwnEvent
from connector.domain.window import Window

pytestmark = pytest.mark.unit

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09:00 in Paris
KNOWN = Window(START, START + HOUR)
EVENT = OwnEvent(
    uid="uid",
    booking_id=UUID(int=1),
    revision=1,
    sequence=0,
    start=START,
    end=START + HOUR,
    cancelled=False,
)


def window(start: datetime | date | None, end: datetime | date | None) -> Window | None:
    return replace(EVENT, start=start, end=end).window(KNOWN, "Europe/Paris")


def test_a_timed_event_says_when() -> None:
    assert window(START, START + HOUR) == KNOWN
    assert window(START + HOUR, START + 3 * HOUR) == Window(START + HOUR, START + 3 * HOUR)


def test_an_event_without_length_keeps_the_meetings() -> None:
    assert window(START + HOUR, START + HOUR) == Window(START + HOUR, START + 2 * HOUR)


def test_an_event_that_cannot_be_read_says_nothing() -> None:
    assert window(None, None) is None


def test_a_whole_day_in_a_zone_that_is_not_known_says_nothing() -> None:
    whole_day = replace(EVENT, start=date(2026, 3, 2), end=date(2026, 3, 3))
    assert whole_day.window(KNOWN, "Europe/Nowhere") is None


def test_a_whole_day_that_holds_the_meeting_leaves_it_where_it_is() -> None:
    assert window(date(2026, 3, 2), date(2026, 3, 3)) == KNOWN
    assert window(date(2026, 3, 1), date(2026, 3, 4)) == KNOWN


def test_a_whole_day_elsewhere_keeps_the_time_on_the_wall() -> None:
    moved = window(date(2026, 3, 30), date(2026, 3, 31))
    assert moved == Window(
        datetime(2026, 3, 30, 7, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)
    )
