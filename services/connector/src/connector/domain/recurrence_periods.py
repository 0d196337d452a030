"""The days that a rule picks inside one of its periods (RFC 5545 §3.3.10, table of BYxxx).

A period is a day, a week, a month or a year, numbered from the one that holds DTSTART. Because
a period can be found by arithmetic, an old series costs no more than a young one. Days are
proleptic ordinals (`date.toordinal`).
"""

from abc import ABC, abstractmethod
from calendar import isleap, monthrange
from collections.abc import Collection, Iterable
from datetime import MAXYEAR, date

from connector.domain.recurrence_rule import Frequency, RecurrenceRule, WeekdayNumber

_WEEK = 7
_MONTHS = 12
_DAYS_IN_SHORTEST_MONTH = 28
_LEAST_OF_A_WEEKDAY_IN_A_MONTH = 4


def weekday_of(day: int) -> int:
    """Return the weekday of an ordinal, Monday 0: 0001-01-01 was a Monday."""
    return (day - 1) % _WEEK


class Periods(ABC):
    """The periods of one rule that starts on one day."""

    cost = 1
    """How many days are looked at to answer `days_in`."""

    def __init__(self, rule: RecurrenceRule, first: date) -> None:
        self._rule = rule
        self._first = first.toordinal()
        self._months = frozenset(rule.by_month)

    @abstractmethod
    def number_of(self, day: int) -> int:
        """Return the number of the period that holds the day; negative before DTSTART's."""

    @abstractmethod
    def days_in(self, number: int) -> list[int]:
        """Return the days the rule picks in a period, ascending; none beyond the year 9999."""

    def constant_size(self) -> int | None:
        """Return how many days every period has, None when that varies between periods."""
        return None

    def _positioned(self, days: list[int]) -> list[int]:
        """Apply BYSETPOS to the ascending days of one period."""
        positions = self._rule.by_position
        if not positions:
            return days
        size = len(days)
        places = (place - 1 if place > 0 else size + place for place in positions)
        return sorted({days[place] for place in places if 0 <= place < size})


class _Days(Periods):
    def number_of(self, day: int) -> int:
        return day - self._first

    def days_in(self, number: int) -> list[int]:
        day = self._first + number
        rule = self._rule
        if day > _LAST_DAY or (rule.by_day and weekday_of(day) not in rule.weekdays):
            return []
        if self._months or rule.by_month_day:
            of_date = date.fromordinal(day)
            if self._months and of_date.month not in self._months:
                return []
            if rule.by_month_day and not is_month_day(of_date, rule.by_month_day):
                return []
        return self._positioned([day])

    def constant_size(self) -> int | None:
        rule = self._rule
        filtered = rule.by_day or rule.by_month or rule.by_month_day or rule.by_position
        return None if filtered else 1


class _Weeks(Periods):
    cost = _WEEK

    def __init__(self, rule: RecurrenceRule, first: date) -> None:
        super().__init__(rule, first)
        weekdays = rule.weekdays or {first.weekday()}
        self._start = self._first - (first.weekday() - rule.week_start) % _WEEK
        self._offsets = sorted((weekday - rule.week_start) % _WEEK for weekday in weekdays)

    def number_of(self, day: int) -> int:
        return (day - self._start) // _WEEK

    def days_in(self, number: int) -> list[int]:
        start = self._start + number * _WEEK
        if start + _WEEK > _LAST_DAY:
            return []
        days = [start + offset for offset in self._offsets]
        rule = self._rule
        if self._months:
            days = [day for day in days if date.fromordinal(day).month in self._months]
        if rule.by_month_day:  # forbidden here, and written where "the first Monday" is meant
            days = [day for day in days if is_month_day(date.fromordinal(day), rule.by_month_day)]
        return self._positioned(days)

    def constant_size(self) -> int | None:
        rule = self._rule
        varies = rule.by_position or rule.by_month or rule.by_month_day
        return None if varies else len(self._offsets)


class _Months(Periods):
    cost = 31

    def __init__(self, rule: RecurrenceRule, first: date) -> None:
        super().__init__(rule, first)
        self._start = first.year * _MONTHS + first.month - 1
        self._month_days: tuple[int, ...] = rule.by_month_day
        if not rule.by_day and not rule.by_month_day:
            self._month_days = (first.day,)

    def number_of(self, day: int) -> int:
        of_date = date.fromordinal(day)
        return of_date.year * _MONTHS + of_date.month - 1 - self._start

    def days_in(self, number: int) -> list[int]:
        year, month = divmod(self._start + number, _MONTHS)
        if year > MAXYEAR or (self._months and month + 1 not in self._months):
            return []
        return self._positioned(
            _days_of_month(year, month + 1, self._month_days, self._rule.by_day)
        )

    def constant_size(self) -> int | None:
        rule = self._rule
        if rule.by_position or rule.by_month or (rule.by_month_day and rule.by_day):
            return None
        if rule.by_day:
            ordinals = [abs(number.ordinal) for number in rule.by_day]
            one = len(rule.by_day) == 1
            return 1 if one and 1 <= ordinals[0] <= _LEAST_OF_A_WEEKDAY_IN_A_MONTH else None
        one = len(self._month_days) == 1
        return 1 if one and abs(self._month_days[0]) <= _DAYS_IN_SHORTEST_MONTH else None


class _Years(Periods):
    cost = 366

    def __init__(self, rule: RecurrenceRule, first: date) -> None:
        super().__init__(rule, first)
        self._year = first.year
        self._month_days = rule.by_month_day
        self._of_months = sorted(self._months)
        self._weekdays = rule.weekdays
        if not (rule.by_day or rule.by_month_day or rule.by_year_day):
            if rule.by_week:
                self._weekdays = frozenset({first.weekday()})
            else:
                self._month_days = (first.day,)
                self._of_months = self._of_months or [first.month]
        self._counts_in_year = bool(rule.by_day) and not self._of_months

    def number_of(self, day: int) -> int:
        return date.fromordinal(day).year - self._year

    def days_in(self, number: int) -> list[int]:
        year = self._year + number
        if year > MAXYEAR:
            return []
        if self._rule.by_week or self._rule.by_year_day:
            return self._positioned(self._numbered(year))
        by_day = self._rule.by_day
        if self._counts_in_year:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = _weekdays_between(first, last, by_day)
            if self._month_days:
                days = [d for d in days if is_month_day(date.fromordinal(d), self._month_days)]
            return self._positioned(days)
        days = list[int]()
        for month in self._of_months or range(1, _MONTHS + 1):
            days += _days_of_month(year, month, self._month_days, by_day)
        return self._positioned(days)

    def _numbered(self, year: int) -> list[int]:
        """Return the days of a year by BYWEEKNO and BYYEARDAY, limited by the other parts."""
        rule = self._rule
        days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        return [
            day
            for day in days
            if (not self._weekdays or weekday_of(day) in self._weekdays)
            and (not rule.by_week or _is_in_week(day, rule.by_week, rule.week_start))
            and self._is_numbered(date.fromordinal(day))
        ]

    def _is_numbered(self, of_date: date) -> bool:
        rule = self._rule
        return (
            (not self._months or of_date.month in self._months)
            and (not self._month_days or is_month_day(of_date, self._month_days))
            and (not rule.by_year_day or is_year_day(of_date, rule.by_year_day))
        )


_LAST_DAY = date.max.toordinal()
_PERIODS: dict[Frequency, type[Periods]] = {
    Frequency.DAILY: _Days,
    Frequency.WEEKLY: _Weeks,
    Frequency.MONTHLY: _Months,
    Frequency.YEARLY: _Years,
}


def periods_of(rule: RecurrenceRule, first: date) -> Periods:
    """Return the periods of a rule that chooses whole days, for a series that starts on `first`."""
    return _PERIODS[rule.frequency](rule, first)


def is_month_day(of_date: date, month_days: Collection[int]) -> bool:
    """Tell whether BYMONTHDAY names a date, from either end of its month."""
    length = monthrange(of_date.year, of_date.month)[1]
    return of_date.day in month_days or of_date.day - length - 1 in month_days


def is_year_day(of_date: date, year_days: Collection[int]) -> bool:
    """Tell whether BYYEARDAY names a date, from either end of its year."""
    number = of_date.timetuple().tm_yday
    length = 365 + isleap(of_date.year)
    return number in year_days or number - length - 1 in year_days


def _is_in_week(day: int, weeks: Collection[int], week_start: int) -> bool:
    """Tell whether a day lies in a week of BYWEEKNO; week 1 has four days in its year at least."""
    middle = day - (weekday_of(day) - week_start) % _WEEK + 3
    if not 1 <= middle <= _LAST_DAY:
        return False
    year = date.fromordinal(middle).year
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    number = (middle - first) // _WEEK + 1
    total = number + (last - middle) // _WEEK
    return number in weeks or number - total - 1 in weeks


def _days_of_month(
    year: int, month: int, month_days: Collection[int], by_day: Collection[WeekdayNumber]
) -> list[int]:
    """Return the days of a month that satisfy BYMONTHDAY and BYDAY, each where it is given."""
    length = monthrange(year, month)[1]
    before = date(year, month, 1).toordinal() - 1
    days: Iterable[int] = ()
    if month_days:
        numbers = {number if number > 0 else length + 1 + number for number in month_days}
        days = sorted(before + number for number in numbers if 1 <= number <= length)
    if not by_day:
        return list(days)
    of_weekdays = _weekdays_between(before + 1, before + length, by_day)
    return [day for day in of_weekdays if day in days] if month_days else of_weekdays


def _weekdays_between(first: int, last: int, by_day: Iterable[WeekdayNumber]) -> list[int]:
    """Return the days of BYDAY in a month or a year, whose first and last day are given."""
    days: set[int] = set()
    for number in by_day:
        start = first + (number.weekday - weekday_of(first)) % _WEEK
        all_of_weekday = range(start, last + 1, _WEEK)
        if not number.ordinal:
            days.update(all_of_weekday)
        elif number.ordinal > 0:
            days.update(all_of_weekday[number.ordinal - 1 : number.ordinal])
        elif -number.ordinal <= len(all_of_weekday):
            days.add(all_of_weekday[number.ordinal])
    return sorted(days)
