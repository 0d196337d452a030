"""The complete busy time of a calendar in one month, as it is told to others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from connector.domain.busy_merge import Interval, merge, widen
from connector.domain.busy_state import BusyState
from connector.domain.expansion import Expansion
from connector.domain.month import Month, whole_months
from connector.domain.occurrence import Occurrence, TimedOccurrence
from connector.domain.occurrence_id import occurrence_id

MAX_BYTES = 64_000
"""What the occurrences of a month may take of the 64 KiB of an event, encoded as JSON."""

_BYTES = 110
_BYTES_OF_ID = 34
_BYTES_OF_BOOKING_ID = 54
_GRIDS = (None, *(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 240)))
"""The last fits whatever a month holds: its 186 cells take a third of the room."""


@dataclass(frozen=True, slots=True)
class BusyTime:
    """Busy between two instants of one month, in UTC, half-open; without `id` when merged."""

    start: datetime
    end: datetime
    state: BusyState
    id: str | None = None
    booking_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BusyDates:
    """Busy on whole dates of one month, `end_date` excluded; without `id` when merged."""

    start_date: date
    end_date: date
    state: BusyState
    id: str | None = None
    booking_id: UUID | None = None


Busy = BusyTime | BusyDates


@dataclass(frozen=True, slots=True)
class MonthPicture:
    """What replaces all that was known of a calendar in one month.

    Timed occurrences are clipped to the month in UTC and all-day ones to its dates. `merged` says
    that ids were dropped to stay under the size limit.
    """

    month: Month
    busy: tuple[Busy, ...]
    merged: bool = False


def month_pictures(
    expansion: Expansion, *, tenant_key: bytes, max_bytes: int = MAX_BYTES
) -> tuple[MonthPicture, ...]:
    """Return a picture of each month that lies in the expansion's window from end to end.

    An empty month has an empty picture: it replaces what was known. Free occurrences and those
    without length are left out, except that an entry of ours is kept when it is free: its
    absence would say that somebody deleted it. A month too large is merged; entries of ours keep
    their ids, so that a booking does not stand in its own way.
    """
    months: dict[Month, list[Busy]] = {month: [] for month in whole_months(expansion.window)}
    if not months:
        return ()
    for occurrence in expansion.occurrences:
        if occurrence.state is BusyState.FREE and occurrence.booking_id is None:
            continue
        for month, busy in _clipped(occurrence, tenant_key, months):
            months[month].append(busy)
    return tuple(_picture(month, busy, max_bytes) for month, busy in months.items())


def _clipped(
    occurrence: Occurrence, tenant_key: bytes, months: dict[Month, list[Busy]]
) -> Iterator[tuple[Month, Busy]]:
    identity = (
        occurrence.state,
        occurrence_id(tenant_key, occurrence.uid, occurrence.recurrence_id),
        occurrence.booking_id,
    )
    begin = occurrence.start if isinstance(occurrence, TimedOccurrence) else occurrence.start_date
    month = max(Month.holding(begin), next(iter(months)))
    while month in months:
        if isinstance(occurrence, TimedOccurrence):
            start, end = max(occurrence.start, month.start), min(occurrence.end, month.end)
            if start >= end:
                return
            yield month, BusyTime(start, end, *identity)
        else:
            first_date = max(occurrence.start_date, month.first_date)
            end_date = min(occurrence.end_date, month.end_date)
            if first_date >= end_date:
                return
            yield month, BusyDates(first_date, end_date, *identity)
        month = month.next()


def _picture(month: Month, busy: list[Busy], max_bytes: int) -> MonthPicture:
    if _size(busy) <= max_bytes:
        return MonthPicture(month, tuple(busy))
    own = [one for one in busy if one.booking_id is not None]
    if _size(own) > max_bytes // 2:
        own = []
    others = [one for one in busy if one.booking_id is None or not own]
    merged: list[Busy] = []
    for grid in _GRIDS:
        merged = [*own, *_merged(others, month, grid)]
        if _size(merged) <= max_bytes:
            break
    return MonthPicture(month, tuple(merged), merged=True)


def _merged(busy: list[Busy], month: Month, grid: timedelta | None) -> Iterator[Busy]:
    timed = [Interval(one.start, one.end, one.state) for one in busy if isinstance(one, BusyTime)]
    if grid is not None:
        timed = list(widen(timed, grid, month.start))
    for interval in merge(timed):
        yield BusyTime(*interval)
    dates = [
        Interval(_midnight(one.start_date), _midnight(one.end_date), one.state)
        for one in busy
        if isinstance(one, BusyDates)
    ]
    for interval in merge(dates):
        yield BusyDates(interval.start.date(), interval.end.date(), interval.state)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _size(busy: Iterable[Busy]) -> int:
    """Return no less than the bytes that the list takes in an event."""
    return sum(
        _BYTES + (_BYTES_OF_ID if one.id else 0) + (_BYTES_OF_BOOKING_ID if one.booking_id else 0)
        for one in busy
    )
