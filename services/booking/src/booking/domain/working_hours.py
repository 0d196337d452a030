"""When a host works, on the host's own clock."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from booking.domain.errors import RuleError

_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_SUNDAY = 7


@dataclass(frozen=True, slots=True)
class LocalRange:
    """Wall-clock hours `[start, end)` of one day as `HH:MM`; `24:00` is its end."""

    start: str
    end: str

    def __post_init__(self) -> None:
        """Refuse what is no time and what ends before it starts."""
        for time in (self.start, self.end):
            if not _LOCAL_TIME.fullmatch(time):
                raise RuleError("hours", f"{time!r} is no time like 09:00")
        # Zero-padded times sort as text.
        if self.end <= self.start:
            raise RuleError("hours", "end after they start; past midnight they are two ranges")


@dataclass(frozen=True, slots=True)
class WeekdayHours:
    """The hours of every such weekday: 1 for Monday to 7 for Sunday (ISO 8601)."""

    weekday: int
    hours: tuple[LocalRange, ...]

    def __post_init__(self) -> None:
        """Refuse other weekdays and hours that overlap."""
        if not 1 <= self.weekday <= _SUNDAY:
            raise RuleError("weekday", "is 1 for Monday to 7 for Sunday")
        _refuse_overlaps(self.hours)


@dataclass(frozen=True, slots=True)
class DateHours:
    """The hours of one date instead of its weekday's; none means closed."""

    day: date
    hours: tuple[LocalRange, ...]

    def __post_init__(self) -> None:
        """Refuse hours that overlap."""
        _refuse_overlaps(self.hours)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a host works. A weekday that is not named is free of work."""

    weekly: tuple[WeekdayHours, ...]
    overrides: tuple[DateHours, ...] = ()

    def __post_init__(self) -> None:
        """Refuse days that are named twice."""
        if len({day.weekday for day in self.weekly}) != len(self.weekly):
            raise RuleError("working_hours.weekly", "names each weekday once")
        if len({day.day for day in self.overrides}) != len(self.overrides):
            raise RuleError("working_hours.overrides", "names each date once")


def _refuse_overlaps(hours: tuple[LocalRange, ...]) -> None:
    ordered = sorted(hours, key=lambda one: one.start)
    if any(second.start < first.end for first, second in pairwise(ordered)):
        raise RuleError("hours", "of one day do not overlap")
