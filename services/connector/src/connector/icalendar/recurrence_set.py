"""The starts of a series between two dates: DTSTART, RRULE, RDATE less EXRULE and EXDATE."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import NamedTuple

from connector.domain.limits import Work
from connector.domain.recurrence_days import days_between
from connector.domain.recurrence_rule import Frequency, InvalidRule, RecurrenceRule
from connector.domain.recurrence_times import times_between
from connector.icalendar.event import Event, Length, Moment, in_utc
from connector.icalendar.exclusions import Exclusions
from connector.icalendar.recurrence_text import parse_rule


class Instance(NamedTuple):
    """One start of a series.

    `start` is a date or a time on the series' own wall clock; `key` identifies the instance: the
    date or the instant in UTC; `length` is set where an RDATE brings its own.
    """

    start: Moment
    key: Moment
    length: Length | None = None


def recurrence_set(event: Event, low: date, high: date, work: Work) -> Iterator[Instance]:
    """Yield the instances of an event that start on the dates [low, high] of its own calendar.

    DTSTART is always one of them (RFC 5545 §3.8.5.3), except where every rule ended before it,
    which is how exporters write a series that was cut off at its first instance. Raises
    `InvalidRule` and `RuleTooCostly`.
    """
    start = event.start
    if start is None:
        return
    excluded = Exclusions(event, work)
    for text in event.excluded_rules:
        for moment in rule_starts(parse_rule(text), start, low, high, work):
            excluded.add(moment)
    seen: set[Moment] = set()
    for instance in _candidates(event, start, low, high, work):
        if instance.key not in seen and instance.key not in excluded:
            seen.add(instance.key)
            yield instance


def _candidates(
    event: Event, start: Moment, low: date, high: date, work: Work
) -> Iterator[Instance]:
    # A period of an RDATE says more than the same start found by a rule, so it comes first.
    for moment, length in event.extra_dates:
        work.spend(1)
        instance = _placed(moment, start, length)
        if low <= _date_of(instance.start) <= high:
            yield instance
    if low <= _date_of(start) <= high and not _ended_before(event, start):
        yield _placed(start, start)
    for text in event.rules:
        for moment in rule_starts(parse_rule(text), start, low, high, work):
            yield _placed(moment, start)


def first_instance(event: Event) -> Instance | None:
    """Return the instance at DTSTART, None where that cannot be read."""
    return None if event.start is None else _placed(event.start, event.start)


def rule_starts(
    rule: RecurrenceRule, start: Moment, low: date, high: date, work: Work
) -> Iterator[Moment]:
    """Yield the starts a rule makes on the dates [low, high], like `start` a date or aware."""
    starts: Iterable[Moment]
    if isinstance(start, datetime):
        starts = _timed_starts(rule, start, low, high, work)
    else:
        starts = _dated_starts(rule, start, low, high, work)
    if rule.until is None:
        yield from starts
        return
    is_past = ends_before(rule.until, start)
    for moment in starts:
        if is_past(moment):
            return
        yield moment


def ends_before(until: Moment, start: Moment) -> Callable[[Moment], bool]:
    """Return a test whether a moment of the series from `start` lies after UNTIL, inclusive.

    The types may differ, as they do in the wild: a date closes at the end of that day on the
    series' wall clock, and a naive time is one of that clock.
    """
    if not isinstance(start, datetime):
        last_date = _date_of(until)
        return lambda moment: _date_of(moment) > last_date
    if not isinstance(until, datetime):
        return lambda moment: _date_of(moment) > until
    last = in_utc(until, start.tzinfo)
    return lambda moment: isinstance(moment, datetime) and in_utc(moment) > last


def _timed_starts(
    rule: RecurrenceRule, start: datetime, low: date, high: date, work: Work
) -> Iterator[datetime]:
    if rule.chooses_whole_days:
        at = start.timetz()
        for day in days_between(rule, start.date(), low.toordinal(), high.toordinal(), work):
            yield datetime.combine(date.fromordinal(day), at)
        return
    wall = start.replace(tzinfo=None)
    earliest, latest = datetime.combine(low, time.min), datetime.combine(high, time.max)
    for moment in times_between(rule, wall, earliest, latest, work):
        yield moment.replace(tzinfo=start.tzinfo)


def _dated_starts(
    rule: RecurrenceRule, start: date, low: date, high: date, work: Work
) -> Iterator[date]:
    """Yield dates; BYHOUR, BYMINUTE and BYSECOND are ignored, as RFC 5545 §3.3.10 demands."""
    if rule.frequency > Frequency.DAILY:
        raise InvalidRule("FREQ")
    rule = replace(rule, by_hour=(), by_minute=(), by_second=())
    for day in days_between(rule, start, low.toordinal(), high.toordinal(), work):
        yield date.fromordinal(day)


def _ended_before(event: Event, start: Moment) -> bool:
    untils = [parse_rule(text).until for text in event.rules]
    return bool(untils) and all(
        until is not None and ends_before(until, start)(start) for until in untils
    )


def _placed(moment: Moment, start: Moment, length: Length | None = None) -> Instance:
    """Return an instance on the series' own terms: dates stay dates, times move to its zone."""
    if not isinstance(start, datetime):
        on = _date_of(moment)
        return Instance(on, on, length)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, start.timetz())
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=start.tzinfo)
    elif moment.tzinfo is not start.tzinfo:
        moment = moment.astimezone(start.tzinfo)
    return Instance(moment, in_utc(moment), length)


def _date_of(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
