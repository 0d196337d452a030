from datetime import timedelta

import pytest
from connector.adapters.ics.freshness import (
    LONGEST_POLL,
    SHORTEST_POLL,
    poll_hint,
    published_interval,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("cache_control", "hint"),
    [
        ("max-age=3600", timedelta(hours=1)),
        ("private,Max-Age=3600,must-revalidate", timedelta(hours=1)),
        ("public, max-age=60", SHORTEST_POLL),
        ("max-age=0", SHORTEST_POLL),
        ("max-age=31536000", LONGEST_POLL),
        ("s-maxage=3600", None),
        ("no-store", None),
        ("max-age=soon", None),
        ("", None),
    ],
)
def test_poll_hint_stays_in_bounds(cache_control: str, hint: timedelta | None) -> None:
    assert poll_hint(cache_control) == hint


@pytest.mark.parametrize(
    ("line", "interval"),
    [
        ("X-PUBLISHED-TTL:PT1H", timedelta(hours=1)),
        ("REFRESH-INTERVAL;VALUE=DURATION:P1D", LONGEST_POLL),
        ("refresh-interval:P4W", LONGEST_POLL),
        ("X-PUBLISHED-TTL:-PT1H", None),
        ("X-PUBLISHED-TTL:soon", None),
        ("X-OTHER:PT1H", None),
        ("BEGIN:VEVENT\r\nX-PUBLISHED-TTL:PT1H\r\nEND:VEVENT", None),
    ],
)
def test_what_a_publisher_wishes_is_read_from_the_calendar_alone(
    line: str, interval: timedelta | None
) -> None:
    body = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{line}\r\nEND:VCALENDAR\r\n"
    assert published_interval(body.encode()) == interval
