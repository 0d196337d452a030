"""Working hours as JSON: minutes of the day, seven weekdays from Monday on, dates in ISO 8601."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec.json import decode, encode

from availability.domain.working_hours import DatedHours, Hours, WorkingHours

_Ranges = Sequence[Sequence[int]]


def to_json(hours: WorkingHours) -> str:
    """Return hours as they are stored."""
    stored = {
        "weekly": [_ranges(day) for day in hours.weekly],
        "overrides": {str(dated.date): _ranges(dated.hours) for dated in hours.overrides},
    }
    return encode(stored).decode()


@lru_cache(maxsize=4096)
def from_json(text: str) -> WorkingHours:
    """Read stored hours; many hosts share a few, and each is asked about again and again."""
    stored: Any = decode(text)
    weekly: Sequence[_Ranges] = stored["weekly"]
    overrides: dict[str, _Ranges] = stored["overrides"]
    return WorkingHours(
        tuple(map(_hours, weekly)),
        tuple(DatedHours(date.fromisoformat(day), _hours(it)) for day, it in overrides.items()),
    )


def _ranges(hours: Iterable[Hours]) -> list[list[int]]:
    return [[stretch.start, stretch.end] for stretch in hours]


def _hours(ranges: _Ranges) -> tuple[Hours, ...]:
    return tuple(Hours(start, end) for start, end in ranges)
