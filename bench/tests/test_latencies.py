from typing import cast
from uuid import uuid4

import pytest
from bench.latencies import Arrivals, p99
from bench.open_loop import Sender

pytestmark = pytest.mark.unit


class Punctual:
    """A sender whose first event was due at 1000 s, at two a second."""

    per_second = 2.0

    async def send(self) -> float:
        return 1000.0


def test_all_but_one_in_a_hundred_stay_below() -> None:
    assert p99(range(200)) == 198
    assert p99([3.0, 1.0, 2.0]) == 3.0


async def test_a_wait_counts_from_when_the_event_was_due(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = uuid4(), uuid4()
    arrivals = Arrivals(cast("Sender", Punctual()))
    await arrivals.ready()
    monkeypatch.setattr("time.time", lambda: 1003.0)
    arrivals.applied([first, second])
    monkeypatch.setattr("time.time", lambda: 1009.0)
    arrivals.applied([first])

    assert arrivals.seconds([first, second]) == {first: 3.0, second: 2.5}
