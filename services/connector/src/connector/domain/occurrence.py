"""One time at which an entry of a calendar takes place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from connector.domain.busy_state import BusyState


@dataclass(frozen=True, slots=True)
class TimedOccurrence:
    """An occurrence between two instants, half-open, in UTC; `start == end` is allowed.

    `recurrence_id` is the start that the recurrence set gives to it, in UTC (a date where an
    override turned an all-day instance into a timed one); None when the entry does not recur.
    `booking_id` is set when the entry was written by Entente.
    """

    uid: str
    recurrence_id: datetime | date | None
    sequence: int
    state: BusyState
    booking_id: UUID | None
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("An occurrence is kept in UTC.")
        if self.end < self.start:
            raise ValueError("An occurrence does not end before it starts.")


@dataclass(frozen=True, slots=True)
class AllDayOccurrence:
    """An occurrence on whole dates, `end_date` excluded.

    It has no instants before the owner's zone is known; whoever reads it materialises it there.
    """

    uid: str
    recurrence_id: datetime | date | None
    sequence: int
    state: BusyState
    booking_id: UUID | None
    start_date: date
    end_date: date

    def __post_init__(self) -> None:
        if self.end_date <= self.start_date:
            raise ValueError("An all-day occurrence covers at least one date.")


Occurrence = TimedOccurrence | AllDayOccurrence
