"""The times a walk uses: half hours of two working weeks, so few that operations meet."""

from datetime import datetime, timedelta
from random import Random

from meetings import monday
from walk.stage import ZONE

_DAYS = (*range(5), *range(7, 12))
_HALF_HOURS = range(16)
_HALF_HOUR = timedelta(minutes=30)
BEGIN = monday(ZONE)
END = monday(ZONE, day=14)


def some_time(chance: Random) -> datetime:
    """Return the start of a half hour between nine and five, aware."""
    return _time(chance.choice(_DAYS), chance.choice(_HALF_HOURS))


def some_times(chance: Random, count: int) -> list[datetime]:
    """Return times on different days."""
    days = chance.sample(_DAYS, count)
    half_hours = chance.choices(_HALF_HOURS, k=count)
    return [_time(*when) for when in zip(days, half_hours, strict=True)]


def _time(day: int, half_hour: int) -> datetime:
    return BEGIN + timedelta(days=day, hours=9) + half_hour * _HALF_HOUR
