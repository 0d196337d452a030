"""The days of a whole-day rule between two days, at a cost that its age does not change."""

from collections.abc import Iterator
from datetime import date

from connector.domain.limits import Work
from connector.domain.recurrence_periods import Periods, periods_of
from connector.domain.recurrence_rule import RecurrenceRule


def days_between(
    rule: RecurrenceRule, first: date, low: int, high: int, work: Work
) -> Iterator[int]:
    """Yield, ascending, the days in [low, high] that the rule picks for a series from `first`.

    Days are proleptic ordinals. COUNT is applied; UNTIL is the caller's, who knows the time of
    day. The rule must choose whole days. COUNT counts what the rule picks: a DTSTART that the rule
    does not pick is not counted, as every engine known to us does.
    """
    periods = periods_of(rule, first)
    origin = first.toordinal()
    if rule.count is not None:
        high = min(high, _last_counted_day(periods, rule, origin, high, work))
    low = max(low, origin)
    if low > high:
        return
    last = periods.number_of(high)
    for number in range(_period_at(periods, low, rule.interval), last + 1, rule.interval):
        work.spend(periods.cost)
        for day in periods.days_in(number):
            if low <= day <= high:
                yield day


def _period_at(periods: Periods, day: int, interval: int) -> int:
    """Return the number of the rule's last period that begins on or before the day's period."""
    return periods.number_of(day) // interval * interval


def _last_counted_day(
    periods: Periods, rule: RecurrenceRule, origin: int, high: int, work: Work
) -> int:
    """Return the day on which COUNT is used up, or a day after `high` where that comes later."""
    left = rule.count or 0
    number = 0
    size = periods.constant_size()
    days = [day for day in periods.days_in(0) if day >= origin]
    if size and left > len(days):
        left -= len(days)
        whole_periods = (left - 1) // size
        left -= whole_periods * size
        number = (whole_periods + 1) * rule.interval
        if number > periods.number_of(high):
            return high + 1
        return periods.days_in(number)[left - 1]
    last = periods.number_of(high)
    while left > len(days):
        left -= len(days)
        number += rule.interval
        if number > last:
            return high + 1
        work.spend(periods.cost)
        days = periods.days_in(number)
    return days[left - 1]
