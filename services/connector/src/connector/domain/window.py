"""The stretch of time that is asked about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_FURTHEST_EAST = timedelta(hours=14)
_FURTHEST_WEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open interval of instants, `start` included and `end` excluded, kept in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("A window needs aware times.")
        if self.start >= self.end:
            raise ValueError("A window ends after it starts.")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def first_date(self) -> date:
        """The earliest date that some place on earth has at `start`."""
        return (self.start - _FURTHEST_WEST).date()

    @property
    def last_date(self) -> date:
        """The latest date that some place on earth has just before `end`."""
        return (self.end - timedelta(microseconds=1) + _FURTHEST_EAST).date()

    def covers(self, start: datetime, end: datetime) -> bool:
        """Tell whether [start, end) has a part in the window; a zero length counts at its start."""
        if start == end:
            return self.start <= start < self.end
        return start < self.end and end > self.start

    def covers_dates(self, start: date, end: date) -> bool:
        """Tell whether the dates [start, end) have a part in the window in any zone on earth."""
        return start <= self.last_date and end > self.first_date
