"""A calendar month in UTC, the unit in which busy time is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime
from typing import Self

from connector.domain.window import Window

_MONTHS = 12


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of one year; `str()` gives `yyyy-mm`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.year < MAXYEAR and 1 <= self.month <= _MONTHS):
            raise ValueError("No such month.")

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @classmethod
    def holding(cls, day: date) -> Self:
        """Return the month of a date, or of the date that a time has in its own zone."""
        return cls(day.year, day.month)

    @property
    def first_date(self) -> date:
        """The first date of the month."""
        return date(self.year, self.month, 1)

    @property
    def end_date(self) -> date:
        """The date after the last one."""
        return self.next().first_date

    @property
    def start(self) -> datetime:
        """The instant at which the month begins in UTC."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The instant at which the next month begins in UTC."""
        return self.next().start

    def next(self) -> "Month":
        """Return the month after this one."""
        years, month = divmod(self.month, _MONTHS)
        return Month(self.year + years, month + 1)


def whole_months(window: Window) -> tuple[Month, ...]:
    """Return the months that lie in a window from end to end, ascending."""
    first = Month.holding(window.start)
    if first.start < window.start:
        first = first.next()
    return tuple(_until(first, window.end))


def _until(month: Month, end: datetime) -> Iterator[Month]:
    while month.end <= end:
        yield month
        month = month.next()
