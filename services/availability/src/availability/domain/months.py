"""Calendar months, as calendars are pictured: one picture per calendar and month."""

from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from re import fullmatch
from zoneinfo import ZoneInfo

from availability.domain.errors import RuleError
from availability.domain.intervals import Interval, merged
from availability.domain.wall_clock import DAY, EPOCH_ORDINAL, day_end, day_of, day_start

_MONTHS_OF_YEAR = 12

# Dates near their bounds can be written too, in whatever zone.
_MONTHS = range((MINYEAR + 1) * _MONTHS_OF_YEAR, MAXYEAR * _MONTHS_OF_YEAR)


def month_number(month: str) -> int:
    """Read `"2026-03"` as a count of months, so that the next month is the next number."""
    read = fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", month)
    if read is None:
        raise RuleError("month", "must be given as YYYY-MM")
    number = int(read[1]) * _MONTHS_OF_YEAR + int(read[2]) - 1
    if number not in _MONTHS:
        first, last = month_name(_MONTHS[0]), month_name(_MONTHS[-1])
        raise RuleError("month", f"must be from {first} to {last}")
    return number


def month_name(month: int) -> str:
    """Return a count of months as `"2026-03"`."""
    year, index = divmod(month, _MONTHS_OF_YEAR)
    return f"{year:04}-{index + 1:02}"


@lru_cache(maxsize=1024)
def month_dates(month: int) -> tuple[date, date]:
    """Return the first date of a month and the first date after it."""
    return _first_date(month), _first_date(month + 1)


def month_time(first: int, last: int) -> Interval:
    """Return the instants of the UTC months from `first` to `last`, both included."""
    return _first_day(first) * DAY, _first_day(last + 1) * DAY


def month_at(instant: int) -> int:
    """Return the UTC month of an instant."""
    return month_of(date.fromordinal(EPOCH_ORDINAL + instant // DAY))


def month_of(day: date) -> int:
    """Return the month of a date."""
    return day.year * _MONTHS_OF_YEAR + day.month - 1


@lru_cache(maxsize=4096)
def known_time(months: frozenset[int], zone: ZoneInfo) -> tuple[Interval, ...]:
    """Return the instants about which pictures of `months` say everything.

    A picture holds timed occurrences by UTC month and all-day ones by date, and a date belongs
    to the owner's zone. What is known therefore ends with the month in UTC or in `zone`,
    whichever is first: in Pacific/Auckland, the last half day of a UTC month may hold an all-day
    occurrence of the next.
    """
    in_utc = merged((_first_day(month) * DAY, _first_day(month + 1) * DAY) for month in months)
    return tuple(
        (max(start, day_start(zone, start // DAY)), min(end, day_end(zone, end // DAY - 1)))
        for start, end in in_utc
    )


def _first_day(month: int) -> int:
    return day_of(_first_date(month))


def _first_date(month: int) -> date:
    year, index = divmod(month, _MONTHS_OF_YEAR)
    return date(year, index + 1, 1)
