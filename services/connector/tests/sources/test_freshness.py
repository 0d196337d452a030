from datetime import timedelta

import pytest
from connector.adapters.ics.freshness import LONGEST_POLL, SHORTEST_POLL, poll_hint

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
