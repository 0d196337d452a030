"""Working hours: what the clock on the host's wall says when the host can be met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from re import fullmatch
from typing import NamedTuple
from zoneinfo import ZoneInfo

from availability.domain.errors import RuleError
from availability.domain.wall_clock import DAY, MINUTE, day_of, stretches

DAYS_OF_WEEK = 7
_MINUTES_OF_DAY = 1440
_WEEKDAY_OF_DAY_0 = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """One stretch of a local day: minutes after midnight, `0 <= start < end <= 1440`.

    Hours across midnight are two stretches, one until 24:00 and one from 00:00.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _MINUTES_OF_DAY:
            raise RuleError("hours", "must start before they end, between 00:00 and 24:00")

    @classmethod
    def between(cls, start: str, end: str) -> "Hours":
        """Read `"09:00"` and `"17:30"`; the end may be `"24:00"`."""
        return cls(_minute(start), _minute(end))


@dataclass(frozen=True, slots=True)
class DatedHours:
    """The hours of one date, in place of those of its weekday; none means closed."""

    date: date
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Hours per weekday (seven tuples, Monday first) and the dates that differ.

    They carry no zone: each host reads them on their own wall clock.
    """

    weekly: tuple[tuple[Hours, ...], ...]
    overrides: tuple[DatedHours, ...] = ()
    _by_day: dict[int, tuple[Hours, ...]] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != DAYS_OF_WEEK:
            raise RuleError("weekly", "must name seven days, Monday first")
        for weekday, hours in enumerate(self.weekly):
            _check_disjoint(f"weekly[{weekday}]", hours)
        for position, override in enumerate(self.overrides):
            _check_disjoint(f"overrides[{position}]", override.hours)
        by_day = {day_of(override.date): override.hours for override in self.overrides}
        if len(by_day) != len(self.overrides):
            raise RuleError("overrides", "must name each date once")
        object.__setattr__(self, "_by_day", by_day)
        object.__setattr__(self, "_hash", hash((self.weekly, self.overrides)))

    def __hash__(self) -> int:
        """Return the hash made at construction: hours are looked up in caches on every search."""
        return self._hash

    def of_day(self, day: int) -> tuple[Hours, ...]:
        """Return the hours of a local day (days since 1970-01-01)."""
        weekday = (day + _WEEKDAY_OF_DAY_0) % DAYS_OF_WEEK
        return self._by_day.get(day, self.weekly[weekday])


class Opening(NamedTuple):
    """Instants of one stretch of working hours under one UTC offset.

    `anchor` is the instant at which the hours began by that offset. It lies before `start` when
    the clocks changed within the hours.
    """

    start: int
    end: int
    anchor: int


def openings(
    hours: WorkingHours, zone: ZoneInfo, first_day: int, end_day: int
) -> Iterator[Opening]:
    """Yield, in order, the openings from UTC day `first_day` up to `end_day`.

    The host is at work at an instant exactly when the clock on the wall shows working hours:
    hours that the clocks skip do not exist, hours that they repeat count twice.
    """
    for start, end, offset in stretches(zone, first_day, end_day):
        for day in range((start + offset) // DAY, -(-(end + offset) // DAY)):
            midnight = day * DAY - offset
            for stretch in sorted(hours.of_day(day)):
                anchor = midnight + stretch.start * MINUTE
                begin = max(start, anchor)
                finish = min(end, midnight + stretch.end * MINUTE)
                if begin < finish:
                    yield Opening(begin, finish, anchor)


def _check_disjoint(name: str, hours: Sequence[Hours]) -> None:
    if any(later.start < earlier.end for earlier, later in pairwise(sorted(hours))):
        raise RuleError(name, "hours of one day must not overlap")


def _minute(clock: str) -> int:
    read = fullmatch(r"([0-9]{2}):([0-5][0-9])", clock)
    if read is None:
        raise RuleError("hours", "must be given as HH:MM")
    return int(read[1]) * MINUTE + int(read[2])
