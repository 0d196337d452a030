"""A time zone that a calendar defines itself, by the onsets of its observances (VTIMEZONE)."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, order=True)
class Onset:
    """The moment an observance begins: naive UTC, with the offsets before and after it."""

    instant: datetime
    before: timedelta
    after: timedelta


class ObservedZone(tzinfo):
    """A `tzinfo` over a list of onsets; the offset before the first holds ever before.

    A wall time in a gap has the offset before the gap and an ambiguous one means the first of the
    two, as RFC 5545 §3.3.5 says and `fold=0` means.
    """

    def __init__(self, name: str, onsets: Iterable[Onset]) -> None:
        self._name = name
        ordered = sorted(onsets)
        if not ordered:
            raise ValueError("A zone has at least one observance.")
        self._instants = [onset.instant for onset in ordered]
        self._offsets = [ordered[0].before, *(onset.after for onset in ordered)]
        steps = list(zip(self._offsets, self._offsets[1:], strict=False))
        self._walls = (
            [at + max(step) for at, step in zip(self._instants, steps, strict=True)],
            [at + min(step) for at, step in zip(self._instants, steps, strict=True)],
        )

    def utcoffset(self, dt: datetime | None, /) -> timedelta:
        """Return what is added to UTC at a wall time; its `fold` picks the side of a change."""
        if dt is None:
            return self._offsets[-1]
        return self._offsets[bisect_right(self._walls[dt.fold], dt.replace(tzinfo=None, fold=0))]

    def dst(self, dt: datetime | None, /) -> timedelta:
        """Return nothing: the definition says which offset holds, not which part of it is DST."""
        del dt
        return _NOTHING

    def tzname(self, dt: datetime | None, /) -> str:
        """Return the TZID."""
        del dt
        return self._name

    def fromutc(self, dt: datetime, /) -> datetime:
        """Return the wall time of an instant, with `fold=1` for the second of two."""
        instant = dt.replace(tzinfo=None)
        wall = instant + self._offsets[bisect_right(self._instants, instant)]
        first = self._offsets[bisect_right(self._walls[0], wall)]
        return wall.replace(tzinfo=self, fold=int(wall - first != instant))

    def __repr__(self) -> str:
        return f"ObservedZone({self._name!r})"
