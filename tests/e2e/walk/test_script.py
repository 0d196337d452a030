"""A walk is a matter of its seed; its times are put together rightly."""

from datetime import UTC, datetime, timedelta

import pytest
from meetings import Span
from walk.script import chances, script
from walk.spans import merged, stretches

pytestmark = pytest.mark.unit

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


def hours(start: int, end: int) -> Span:
    return NINE + timedelta(hours=start), NINE + timedelta(hours=end)


def test_a_seed_makes_one_walk_and_another_seed_another() -> None:
    assert script(1, 300) == script(1, 300) != script(2, 300)
    assert script(1, 100) == script(1, 300)[:100]
    numbers = [chance.random() for chance in chances(1, 50)]
    assert numbers == [chance.random() for chance in chances(1, 50)]
    assert len(set(numbers)) == 50


def test_a_walk_of_default_length_makes_every_kind_of_operation() -> None:
    assert set(script(20261121, 300)) == set(script(1, 5000))


def test_spans_that_touch_are_one() -> None:
    assert merged([hours(3, 4), hours(0, 1), hours(1, 2)]) == (hours(0, 2), hours(3, 4))


def test_busy_time_outweighs_tentative_time() -> None:
    found = stretches(busy=[hours(1, 2), hours(2, 3)], tentative=[hours(0, 4), hours(5, 6)])
    assert found == [
        (*hours(0, 1), "tentative"),
        (*hours(1, 3), "busy"),
        (*hours(3, 4), "tentative"),
        (*hours(5, 6), "tentative"),
    ]
