"""A recurrence rule (RFC 5545 §3.3.10) as a value that cannot be invalid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum


class Frequency(IntEnum):
    """FREQ, from coarse to fine."""

    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3
    HOURLY = 4
    MINUTELY = 5
    SECONDLY = 6


class InvalidRule(ValueError):  # noqa: N818  # the name states the fact
    """The rule says nothing that RFC 5545 gives a meaning to."""


@dataclass(frozen=True, slots=True)
class WeekdayNumber:
    """One value of BYDAY: a weekday (Monday is 0) and which of them, 0 for every one."""

    weekday: int
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """FREQ with its parts; an empty tuple is a part that the rule does not have.

    `until` is a date, a naive time (wall clock of the series' zone) or an aware one, inclusive.
    `week_start` is WKST, Monday 0.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    by_month: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[WeekdayNumber, ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.interval <= 1_000_000:  # noqa: PLR2004  # beyond any calendar's reach
            raise InvalidRule("INTERVAL")
        if self.count is not None and self.count < 1:
            raise InvalidRule("COUNT")
        _require("BYMONTH", self.by_month, 1, 12)
        _require("BYWEEKNO", map(abs, self.by_week), 1, 53)
        _require("BYYEARDAY", map(abs, self.by_year_day), 1, 366)
        _require("BYMONTHDAY", map(abs, self.by_month_day), 1, 31)
        _require("BYHOUR", self.by_hour, 0, 23)
        _require("BYMINUTE", self.by_minute, 0, 59)
        _require("BYSECOND", self.by_second, 0, 60)
        _require("BYSETPOS", map(abs, self.by_position), 1, 366)
        _require("BYDAY", (number.weekday for number in self.by_day), 0, 6)
        _require("BYDAY", (abs(number.ordinal) for number in self.by_day), 0, 53)
        _require("WKST", (self.week_start,), 0, 6)
        if self.by_week and self.frequency is not Frequency.YEARLY:
            raise InvalidRule("BYWEEKNO")
        if self.by_year_day and Frequency.YEARLY < self.frequency <= Frequency.DAILY:
            raise InvalidRule("BYYEARDAY")

    @property
    def weekdays(self) -> frozenset[int]:
        """The weekdays of BYDAY, whichever of them."""
        return frozenset(number.weekday for number in self.by_day)

    @property
    def chooses_whole_days(self) -> bool:
        """Whether every instance keeps DTSTART's time of day."""
        finer = self.by_hour or self.by_minute or self.by_second
        return self.frequency <= Frequency.DAILY and not finer


def _require(part: str, values: Iterable[int], low: int, high: int) -> None:
    if not all(low <= value <= high for value in values):
        raise InvalidRule(part)
