"""A VTIMEZONE component as an `ObservedZone` that is right around a window."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from connector.domain.limits import RuleTooCostly, Work
from connector.domain.observed_zone import ObservedZone, Onset
from connector.domain.recurrence_days import days_between
from connector.domain.recurrence_rule import InvalidRule, RecurrenceRule
from connector.domain.window import Window
from connector.icalendar.content_line import split_rest
from connector.icalendar.recurrence_text import parse_rule
from connector.icalendar.scan import Component
from connector.icalendar.values import InvalidValue, parse_date_or_time, parse_utc_offset

_BEFORE = timedelta(days=3 * 366)
_AFTER = timedelta(days=366)
_A_YEAR = timedelta(days=366)


def observed_zone(definition: Component, window: Window, work: Work) -> ObservedZone | None:
    """Return the zone that a VTIMEZONE defines, None when it cannot be understood.

    Onsets given by a rule are known from three years before the window to a year after it.
    """
    try:
        low = (window.start - _BEFORE).date()
        high = (window.end + _AFTER).date()
        onsets = [
            onset
            for observance in definition.children
            for onset in _onsets(observance, low, high, work)
        ]
        tzid = definition.first("TZID")
        return ObservedZone(split_rest(tzid)[1] if tzid else "", onsets)
    except (InvalidValue, InvalidRule, RuleTooCostly, OverflowError, ValueError):
        return None


def _onsets(observance: Component, low: date, high: date, work: Work) -> Iterator[Onset]:
    before = parse_utc_offset(_value(observance, "TZOFFSETFROM"))
    after = parse_utc_offset(_value(observance, "TZOFFSETTO"))
    first = _wall(_value(observance, "DTSTART"))
    walls = {first}
    for line in observance.properties.get("RDATE", ()):
        walls.update(_wall(text.partition("/")[0]) for text in split_rest(line)[1].split(","))
    for line in observance.properties.get("RRULE", ()):
        walls.update(_ruled(parse_rule(split_rest(line)[1]), first, before, (low, high), work))
    for wall in walls:
        yield Onset(wall - before, before, after)


def _ruled(
    rule: RecurrenceRule,
    first: datetime,
    offset: timedelta,
    between: tuple[date, date],
    work: Work,
) -> Iterator[datetime]:
    if not rule.chooses_whole_days:
        raise InvalidRule("FREQ")
    low, high = between
    until = _until_in_utc(rule, offset)
    if until is not None:
        low = min(low, until.date() - _A_YEAR)
    for day in days_between(rule, first.date(), low.toordinal(), high.toordinal(), work):
        wall = datetime.combine(date.fromordinal(day), first.time())
        if until is None or wall - offset <= until:
            yield wall


def _until_in_utc(rule: RecurrenceRule, offset: timedelta) -> datetime | None:
    """Return UNTIL as naive UTC; a local one is taken at the observance's own offset before."""
    until = rule.until
    if until is None:
        return None
    if not isinstance(until, datetime):
        return datetime.combine(until, datetime.max.time()) - offset
    if until.tzinfo is None:
        return until - offset
    return until.astimezone(UTC).replace(tzinfo=None)


def _value(component: Component, name: str) -> str:
    rest = component.first(name)
    if rest is None:
        raise InvalidValue(name)
    return split_rest(rest)[1]


def _wall(text: str) -> datetime:
    moment = parse_date_or_time(text)
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, datetime.min.time())
