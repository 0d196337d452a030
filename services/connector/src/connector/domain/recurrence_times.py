"""The times of a rule that chooses more than days: BYHOUR and finer, or a FREQ below DAILY.

Periods are again found by arithmetic, and every one that is looked at is paid for. A rule that
finds nothing therefore ends as surely as one that finds too much.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

from connector.domain.limits import Work
from connector.domain.recurrence_periods import is_month_day, is_year_day, periods_of
from connector.domain.recurrence_rule import Frequency, RecurrenceRule

_UNITS = {
    Frequency.HOURLY: timedelta(hours=1),
    Frequency.MINUTELY: timedelta(minutes=1),
    Frequency.SECONDLY: timedelta(seconds=1),
}
_LAST_SECOND = 59
Starts = Callable[[int], list[datetime]]
"""The ascending times of the period with a number, before DTSTART and COUNT are considered."""


def times_between(
    rule: RecurrenceRule, first: datetime, low: datetime, high: datetime, work: Work
) -> Iterator[datetime]:
    """Yield, ascending, the times in [low, high] that a rule picks for a series from `first`.

    All are naive times of the series' wall clock. COUNT is applied; UNTIL is the caller's.
    """
    if max(low, first) > high:
        return
    if rule.frequency in _UNITS:
        number_of, starts_in, cost = _short_periods(rule, first)
    else:
        number_of, starts_in, cost = _long_periods(rule, first)
    begin = 0 if rule.count else number_of(max(low, first)) // rule.interval * rule.interval
    counted = 0
    for number in range(begin, number_of(high) + 1, rule.interval):
        work.spend(cost)
        for start in starts_in(number):
            if start < first:
                continue
            counted += 1
            if start > high or (rule.count and counted > rule.count):
                return
            if start >= low:
                yield start


def _long_periods(
    rule: RecurrenceRule, first: datetime
) -> tuple[Callable[[datetime], int], Starts, int]:
    """Return the periods of days: every day of a period has every time of day."""
    days = replace(rule, by_hour=(), by_minute=(), by_second=(), by_position=())
    periods = periods_of(days, first.date())
    clocks = [
        time(*clock)
        for clock in product(
            rule.by_hour or (first.hour,), rule.by_minute or (first.minute,), _seconds(rule, first)
        )
    ]

    def starts_in(number: int) -> list[datetime]:
        dates = map(date.fromordinal, periods.days_in(number))
        return _positioned(rule, [datetime.combine(*start) for start in product(dates, clocks)])

    def number_of(moment: datetime) -> int:
        return periods.number_of(moment.toordinal())

    return number_of, starts_in, periods.cost * len(clocks)


def _short_periods(
    rule: RecurrenceRule, first: datetime
) -> tuple[Callable[[datetime], int], Starts, int]:
    """Return the periods of hours, minutes or seconds, counted on the wall clock."""
    unit = _UNITS[rule.frequency]
    origin = first.replace(second=0) if rule.frequency < Frequency.SECONDLY else first
    if rule.frequency is Frequency.HOURLY:
        origin = origin.replace(minute=0)
    minutes = rule.by_minute or (first.minute,)
    seconds = _seconds(rule, first)

    def starts_in(number: int) -> list[datetime]:
        moment = origin + number * unit
        if not _is_chosen(rule, moment):
            return []
        if rule.frequency is Frequency.HOURLY:
            chosen = product(minutes, seconds)
            starts = [moment.replace(minute=minute, second=second) for minute, second in chosen]
        elif rule.frequency is Frequency.MINUTELY:
            starts = [moment.replace(second=second) for second in seconds]
        else:
            starts = [moment]
        return _positioned(rule, starts)

    def number_of(moment: datetime) -> int:
        return (moment - origin) // unit

    expanded = {Frequency.HOURLY: len(minutes) * len(seconds), Frequency.MINUTELY: len(seconds)}
    return number_of, starts_in, expanded.get(rule.frequency, 1)


def _is_chosen(rule: RecurrenceRule, moment: datetime) -> bool:
    """Apply the parts that limit a FREQ below DAILY (RFC 5545 §3.3.10)."""
    finer = rule.frequency
    return (
        (not rule.by_month or moment.month in rule.by_month)
        and (not rule.by_year_day or is_year_day(moment, rule.by_year_day))
        and (not rule.by_month_day or is_month_day(moment, rule.by_month_day))
        and (not rule.by_day or moment.weekday() in rule.weekdays)
        and (not rule.by_hour or moment.hour in rule.by_hour)
        and (finer < Frequency.MINUTELY or not rule.by_minute or moment.minute in rule.by_minute)
        and (finer < Frequency.SECONDLY or not rule.by_second or moment.second in rule.by_second)
    )


def _seconds(rule: RecurrenceRule, first: datetime) -> list[int]:
    """Return BYSECOND; a leap second is the second before it (RFC 5545 §3.3.12)."""
    return sorted({min(second, _LAST_SECOND) for second in rule.by_second or (first.second,)})


def _positioned(rule: RecurrenceRule, starts: list[datetime]) -> list[datetime]:
    """Apply BYSETPOS to the ascending times of one period."""
    if not rule.by_position:
        return starts
    size = len(starts)
    places = (place - 1 if place > 0 else size + place for place in rule.by_position)
    return sorted({starts[place] for place in places if 0 <= place < size})
