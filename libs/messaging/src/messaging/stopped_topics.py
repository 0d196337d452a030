"""Topics that cannot be sent to for now, and when each is tried again."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from messaging import backoff


class _Stop(NamedTuple):
    failures: int
    until: float


class StoppedTopics:
    """Remembers failures by topic: a pause that grows with each, and ends with a success."""

    def __init__(self) -> None:
        self._stops: dict[str, _Stop] = {}

    def now(self) -> Sequence[str]:
        """Return the topics that are not to be tried yet."""
        at = time.monotonic()
        return [topic for topic, stop in self._stops.items() if at < stop.until]

    def stop(self, topic: str) -> None:
        """Note that the topic could not be sent to."""
        failures = self._stops[topic].failures + 1 if topic in self._stops else 1
        self._stops[topic] = _Stop(failures, time.monotonic() + backoff.seconds_after(failures))

    def go_on(self, topic: str) -> None:
        """Note that the topic can be sent to."""
        self._stops.pop(topic, None)
