"""When a calendar is read next, and when a failure to read it becomes the owner's business."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.domain.backoff import Backoff, jittered
from connector.domain.source import FailureKind

_PATIENT = frozenset({FailureKind.NETWORK, FailureKind.THROTTLED, FailureKind.INVALID_ANSWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPolicy:
    """The pace of reading.

    `interval` is between good readings, `longest` bounds what a source may ask for; `first_retry`
    doubles up to `longest_retry`. A failure that may pass degrades the calendar after
    `failures_to_degrade` in a row or once its picture is older than `stale_after`. `freshness` is
    how often an unchanged calendar is announced as checked. An entry of ours that is not there is
    looked for once more after `second_look`, before it passes for deleted. `jitter` is the share of
    each wait that is left to chance, so that calendars do not march in step.
    """

    interval: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(days=1)
    first_retry: timedelta = timedelta(seconds=30)
    longest_retry: timedelta = timedelta(hours=1)
    failures_to_degrade: int = 3
    stale_after: timedelta = timedelta(hours=1)
    freshness: timedelta = timedelta(minutes=15)
    second_look: timedelta = timedelta(seconds=15)
    jitter: float = 0.1

    def next_reading(self, hint: timedelta | None, chance: Callable[[], float]) -> timedelta:
        """Return the wait after a good reading; the source's hint can only lengthen it.

        `chance` gives numbers in [0, 1).
        """
        wished = max(self.interval, hint or timedelta())
        return jittered(min(wished, self.longest), self.jitter, chance)

    def next_retry(
        self, failures: int, retry_after: timedelta | None, chance: Callable[[], float]
    ) -> timedelta:
        """Return the wait after the n-th failure in a row, never below what the server asked for.

        An absurd `retry_after` is bounded: a day without a look is the most a server may ask.
        """
        backoff = Backoff(
            first=self.first_retry,
            longest=self.longest_retry,
            jitter=self.jitter,
            longest_asked=self.longest,
        )
        return backoff.wait(failures, retry_after, chance)

    def degrades(
        self, kind: FailureKind, *, failures: int, as_of: datetime | None, now: datetime
    ) -> bool:
        """Tell whether a failure, the n-th in a row, degrades the calendar."""
        if kind not in _PATIENT or failures >= self.failures_to_degrade:
            return True
        return as_of is not None and now - as_of > self.stale_after
