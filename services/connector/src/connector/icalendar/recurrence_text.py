"""The text of an RRULE as a `RecurrenceRule`."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from connector.domain.recurrence_rule import Frequency, InvalidRule, RecurrenceRule, WeekdayNumber
from connector.icalendar.values import InvalidValue, parse_date_or_time

_WEEKDAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_LONGEST = 4096
_ONLY_THE_DEFAULT = {"RSCALE": "GREGORIAN", "SKIP": "OMIT"}  # RFC 7529


@lru_cache(maxsize=1024)
def parse_rule(text: str) -> RecurrenceRule:
    """Read a rule, or raise `InvalidRule` with the name of the part that has no meaning.

    Tolerated, as exporters write them: lower case, a trailing semicolon, and a COUNT below one,
    which means that the rule does not end.
    """
    if len(text) > _LONGEST:
        raise InvalidRule("length")
    values: dict[str, Any] = {}
    for part in text.upper().replace(" ", "").strip(";").split(";"):
        name, _, value = part.partition("=")
        if _ONLY_THE_DEFAULT.get(name) == value:
            continue
        field, read = _PARTS.get(name, ("", None))
        if read is None or field in values:
            raise InvalidRule(name)
        try:
            values[field] = read(value)
        except (KeyError, InvalidValue) as error:
            raise InvalidRule(name) from error
    if "frequency" not in values:
        raise InvalidRule("FREQ")
    return RecurrenceRule(**values)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise InvalidValue("number")
    return int(text)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted({_number(number) for number in text.split(",")}))


def _weekday_number(text: str) -> WeekdayNumber:
    match = _BY_DAY.fullmatch(text)
    if match is None:
        raise InvalidValue("weekday")
    ordinal = int(match[1]) if match[1] else 0
    if match[1] and not ordinal:
        raise InvalidValue("weekday")
    return WeekdayNumber(_WEEKDAYS[match[2]], ordinal)


def _weekday_numbers(text: str) -> tuple[WeekdayNumber, ...]:
    return tuple({_weekday_number(number): None for number in text.split(",")})


def _count(text: str) -> int | None:
    count = _number(text)
    return count if count > 0 else None


_PARTS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("frequency", Frequency.__getitem__),
    "INTERVAL": ("interval", _number),
    "COUNT": ("count", _count),
    "UNTIL": ("until", parse_date_or_time),
    "BYMONTH": ("by_month", _numbers),
    "BYWEEKNO": ("by_week", _numbers),
    "BYYEARDAY": ("by_year_day", _numbers),
    "BYMONTHDAY": ("by_month_day", _numbers),
    "BYDAY": ("by_day", _weekday_numbers),
    "BYHOUR": ("by_hour", _numbers),
    "BYMINUTE": ("by_minute", _numbers),
    "BYSECOND": ("by_second", _numbers),
    "BYSETPOS": ("by_position", _numbers),
    "WKST": ("week_start", _WEEKDAYS.__getitem__),
}
