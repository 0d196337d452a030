"""The picture of one calendar in one month, as its rows: cut so that short windows find them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.months import month_dates

LONGEST_ROW = timedelta(days=1)
"""Nothing that is still going on at a moment began longer before it: a search looks no further."""


class TimedRow(NamedTuple):
    """Time `starts <= t < ends`, at most `LONGEST_ROW` long, in a state that is not free."""

    starts: datetime
    ends: datetime
    state: BusyState
    occurrence_id: str | None
    booking_id: UUID | None


class DatedRow(NamedTuple):
    """Dates `start_date <= d < end_date` in a state that is not free."""

    start_date: date
    end_date: date
    state: BusyState
    occurrence_id: str | None
    booking_id: UUID | None


@dataclass(frozen=True, slots=True)
class MonthPicture:
    """All that one reading says of a calendar in a UTC month (`months.month_number`).

    Both kinds of rows are clipped to the month (`RuleError` where they are not): the month is
    replaced by its bounds. `revision` counts readings, `as_of` (aware) is when this one began.
    """

    calendar_id: UUID
    host_id: UUID
    tenant_id: str
    month: int
    revision: int
    as_of: datetime
    timed: Sequence[TimedRow]
    dated: Sequence[DatedRow]

    def __post_init__(self) -> None:
        first, after = month_dates(self.month)
        start, end = midnight(first), midnight(after)
        if any(row.starts < start or row.ends > end for row in self.timed) or any(
            row.start_date < first or row.end_date > after for row in self.dated
        ):
            raise RuleError("occurrences", "must be clipped to the month")

    @property
    def touched_months(self) -> Iterator[int]:
        """Yield the months in UTC that this picture may speak of.

        A date belongs to its owner's zone, so the first and the last of a month reach beyond it.
        """
        first, after = month_dates(self.month)
        yield self.month
        if any(row.start_date == first for row in self.dated):
            yield self.month - 1
        if any(row.end_date == after for row in self.dated):
            yield self.month + 1


def timed_rows(
    start: datetime,
    end: datetime,
    state: BusyState,
    occurrence_id: str | None,
    booking_id: UUID | None,
) -> Iterator[TimedRow]:
    """Yield an occurrence cut into rows of at most `LONGEST_ROW`."""
    while start < end:
        until = min(end, start + LONGEST_ROW)
        yield TimedRow(start, until, state, occurrence_id, booking_id)
        start = until


def midnight(day: date) -> datetime:
    """Return the beginning of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
