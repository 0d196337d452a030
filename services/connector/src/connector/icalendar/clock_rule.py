"""The rules whose instances are not whole days: dateutil, held to a known amount of work.

dateutil walks from its start and can walk for hours without an answer. So it is started near the
wanted times, stopped at their end, and what lies between is paid for before the first step.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from math import prod

from dateutil.rrule import (
    DAILY,
    HOURLY,
    MINUTELY,
    MONTHLY,
    SECONDLY,
    WEEKLY,
    YEARLY,
    rrule,
    weekday,
)

from connector.domain.limits import Work
from connector.domain.recurrence_rule import Frequency, RecurrenceRule, WeekdayNumber

_UNIT = {
    Frequency.WEEKLY: timedelta(weeks=1),
    Frequency.DAILY: timedelta(days=1),
    Frequency.HOURLY: timedelta(hours=1),
    Frequency.MINUTELY: timedelta(minutes=1),
    Frequency.SECONDLY: timedelta(seconds=1),
}
_LENGTH = {
    **_UNIT,
    Frequency.MONTHLY: timedelta(days=28),
    Frequency.YEARLY: timedelta(days=365),
}
_DAYS_LOOKED_AT = {Frequency.YEARLY: 366, Frequency.MONTHLY: 31, Frequency.WEEKLY: 7}
_FREQUENCY = dict(
    zip(Frequency, (YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY), strict=True)
)
_MONTHS = 12


def times_between(
    rule: RecurrenceRule, first: datetime, low: datetime, high: datetime, work: Work
) -> Iterator[datetime]:
    """Yield, ascending, the wall times in [low, high] of a series from `first`; all are naive.

    UNTIL is the caller's. Raises `RuleTooCostly` before any work is done.
    """
    if high < first:
        return
    rule = _explicit(rule, first)
    anchor = first if rule.count else _anchor(rule, first, low)
    work.spend(_cost(rule, anchor, high))
    for start in _engine(rule, anchor, high):
        if start >= low and start >= first:
            yield start


def _explicit(rule: RecurrenceRule, first: datetime) -> RecurrenceRule:
    """Write into the rule what it takes from DTSTART, so that another start changes nothing."""
    chooses_day = rule.by_day or rule.by_month_day or rule.by_year_day
    if chooses_day or rule.frequency >= Frequency.DAILY:
        return rule
    if rule.frequency is Frequency.WEEKLY or rule.by_week:
        return replace(rule, by_day=(WeekdayNumber(first.weekday()),))
    if rule.frequency is Frequency.MONTHLY:
        return replace(rule, by_month_day=(first.day,))
    return replace(rule, by_month_day=(first.day,), by_month=rule.by_month or (first.month,))


def _anchor(rule: RecurrenceRule, first: datetime, low: datetime) -> datetime:
    """Return the start of a period of the rule at or before both `first` and `low` as needed."""
    if rule.frequency is Frequency.YEARLY:
        year = first.year + max(0, low.year - first.year) // rule.interval * rule.interval
        return first.replace(year=year, month=1, day=1)
    if rule.frequency is Frequency.MONTHLY:
        passed = max(0, (low.year - first.year) * _MONTHS + low.month - first.month)
        month = first.month - 1 + passed // rule.interval * rule.interval
        return first.replace(year=first.year + month // _MONTHS, month=month % _MONTHS + 1, day=1)
    if rule.frequency is Frequency.WEEKLY:
        first -= timedelta(days=(first.weekday() - rule.week_start) % 7)
    step = _UNIT[rule.frequency] * rule.interval
    return first + max(0, (low - first) // step) * step


def _cost(rule: RecurrenceRule, anchor: datetime, high: datetime) -> int:
    periods = (high - anchor) // (_LENGTH[rule.frequency] * rule.interval) + 1
    if rule.count and not (rule.by_month or rule.by_month_day or rule.by_day):
        periods = min(periods, rule.count)
    times = prod(len(part) or 1 for part in (rule.by_hour, rule.by_minute, rule.by_second))
    return max(periods, 1) * _DAYS_LOOKED_AT.get(rule.frequency, 1) * times


def _engine(rule: RecurrenceRule, anchor: datetime, high: datetime) -> rrule:
    coarse = rule.frequency <= Frequency.MONTHLY
    return rrule(
        _FREQUENCY[rule.frequency],
        dtstart=anchor,
        interval=rule.interval,
        wkst=rule.week_start,
        count=rule.count,
        until=None if rule.count else high,
        bysetpos=rule.by_position or None,
        bymonth=rule.by_month or None,
        bymonthday=rule.by_month_day or None,
        byyearday=rule.by_year_day or None,
        byweekno=rule.by_week or None,
        byweekday=[
            weekday(number.weekday, number.ordinal if coarse and number.ordinal else None)
            for number in rule.by_day
        ]
        or None,
        byhour=rule.by_hour or None,
        byminute=rule.by_minute or None,
        bysecond=tuple(min(second, 59) for second in rule.by_second) or None,
    )
