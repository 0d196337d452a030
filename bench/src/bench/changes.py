"""Changes of calendars, each of which can be told from a free/busy answer that shows it."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from entente_contracts import (
    BusyState,
    CalendarChanged,
    TimedOccurrence,
    encode,
    envelope_for,
)

from bench.busy import Interval
from bench.population import TENANT, calendar_id, host_id
from bench.suite import WrongAnswerError

_FIRST_DAY, _DAYS = 2, 10
_LASTING = timedelta(minutes=15)
_MINUTES = 1_399  # a prime, so that a calendar's changes look alike only after that many
_FIRST_REVISION = 2  # what the population was loaded with is the first


@dataclass(frozen=True, slots=True)
class Change:
    """A new picture of the month of a host's calendar, as it travels."""

    host: int
    revision: int
    event_id: UUID
    key: str
    value: bytes
    headers: dict[str, str]


class Month:
    """A calendar month in which hosts' calendars change.

    A picture shows the same quarter of an hour on ten days. Which one, its revision says: so an
    answer tells whether it shows a picture as a whole, and which.
    """

    def __init__(self, now: datetime) -> None:
        days = calendar.monthrange(now.year, now.month)[1]
        self._begin = datetime(now.year, now.month, 1, tzinfo=UTC) + timedelta(days=days)
        self._revisions = count(_FIRST_REVISION)

    @property
    def window(self) -> Interval:
        """The ten days."""
        first = self._begin + timedelta(days=_FIRST_DAY - 1)
        return int(first.timestamp()), int((first + timedelta(days=_DAYS)).timestamp())

    def changes(self, hosts: Sequence[int]) -> Sequence[Change]:
        """Return the next change of each host's calendar, in this order."""
        return [self._change(host, next(self._revisions)) for host in hosts]

    def shown(self, busy: Sequence[Interval]) -> int:
        """Return what a busy time shows: `trace_of` of a revision; raises WrongAnswerError."""
        begin = self.window[0]
        traces = {(start - begin) % 86_400 // 60 for start, _ in busy}
        lengths = {end - start for start, end in busy}
        if len(busy) != _DAYS or len(traces) != 1 or lengths != {_LASTING.total_seconds()}:
            raise WrongAnswerError(f"no picture as a whole: {len(busy)} intervals")
        return traces.pop()

    def _change(self, host: int, revision: int) -> Change:
        now = datetime.now(UTC)
        starts = (
            self._begin + timedelta(days=day - 1, minutes=trace_of(revision))
            for day in range(_FIRST_DAY, _FIRST_DAY + _DAYS)
        )
        message = CalendarChanged(
            tenant_id=TENANT,
            calendar_id=calendar_id(host),
            host_id=host_id(host),
            month=f"{self._begin:%Y-%m}",
            revision=revision,
            as_of=now,
            occurrences=tuple(
                TimedOccurrence(start=start, end=start + _LASTING, state=BusyState.BUSY)
                for start in starts
            ),
        )
        envelope = envelope_for(message, source="/bench", time=now)
        return Change(
            host=host,
            revision=revision,
            event_id=envelope.id,
            key=envelope.partition_key,
            value=encode(message),
            headers=envelope.to_text(),
        )


def trace_of(revision: int) -> int:
    """Return the minute of the day by which a revision is known."""
    return revision % _MINUTES
