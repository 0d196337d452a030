"""How long after their times events were there: no wait is left out because others waited."""

import time
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from bench.open_loop import Sender
from bench.projections import Onlooker

_WORST = 0.99


def p99(seconds: Iterable[float]) -> float:
    """Return what all but one in a hundred stayed below."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * _WORST))]


class Arrivals(Onlooker):
    """Has a sender send when all is ready, and notes when each event was applied."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._first = 0.0
        self._applied: dict[UUID, float] = {}

    async def ready(self) -> None:
        """Begin."""
        self._first = await self._sender.send()

    def applied(self, event_ids: Iterable[UUID]) -> None:
        """Note the time; an event that comes again was there before."""
        now = time.time()
        for event_id in event_ids:
            self._applied.setdefault(event_id, now)

    def seconds(self, event_ids: Sequence[UUID]) -> Mapping[UUID, float]:
        """Return how long after its due time each event was there, those sent given in order."""
        return {
            event_id: self._applied[event_id] - self._first - number / self._sender.per_second
            for number, event_id in enumerate(event_ids)
        }
