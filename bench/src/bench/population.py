"""Hosts with one calendar each, and what is in the calendars: known without asking a database."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from random import Random
from typing import Any
from uuid import UUID

from availability.adapters.month_content import as_text, packed
from availability.domain.busy_state import BusyState
from availability.domain.host import TimedOccurrence
from availability.domain.month_picture import MonthPicture
from availability.domain.months import month_at, month_time

from bench.busy import Interval, instant, merged

TENANT = "bench"
_BARE = """
    CREATE SCHEMA bare;
    CREATE TABLE bare.busy (
        calendar_id uuid NOT NULL, starts timestamptz NOT NULL, ends timestamptz NOT NULL
    );
    CREATE INDEX busy_of_calendar ON bare.busy (calendar_id, starts) INCLUDE (ends)
"""
QUARTER = 900
DAY = 86_400
_DAYS = 180
_CHUNK = 1_000
_LONG_SHARE = 0.01
_WEEK = "[[[540,1020]],[[540,1020]],[[540,1020]],[[540,1020]],[[540,1020]],[],[]]"
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")


@dataclass(frozen=True)
class Population:
    """`hosts` calendars of `rows` busy intervals each, over 180 days from midnight `begin` (UTC).

    Intervals start on quarters of an hour, overlap, and one in a hundred takes a whole day.
    """

    hosts: int
    rows: int
    begin: int

    @classmethod
    def around_now(cls, hosts: int, rows: int) -> "Population":
        """Return one that began a month ago."""
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(hosts, rows, int((today - timedelta(days=30)).timestamp()))

    @property
    def end(self) -> int:
        """Where its intervals end."""
        return self.begin + _DAYS * DAY

    def window(self, random: Random, days: int, part: tuple[float, float] = (0.0, 1.0)) -> Interval:
        """Return a window somewhere within, or within a part of it (0 to 1)."""
        places = (_DAYS - days - 2) * DAY // QUARTER
        first, last = (int(place * places) for place in part)
        start = self.begin + DAY + random.randrange(first, last) * QUARTER
        return start, start + days * DAY

    def busy(self, host: int, window: Interval) -> list[Interval]:
        """Return when a host is busy, merged."""
        bounds = _bounds(self, host)
        first = bisect_right(bounds, window[0])
        last = bisect_left(bounds, window[1], first)
        # Each second bound ends an interval.
        kept = bounds[first - first % 2 : last + last % 2]
        return merged(zip(kept[::2], kept[1::2], strict=True), window)

    async def load(self, connection: Any) -> None:
        """Fill availability's empty tables and `bare.busy`; vacuum them.

        The latter is what a plain implementation would hold: a row for each interval. All comes in
        an order in which events may arrive.
        """
        await connection.execute(_BARE)
        for first in range(0, self.hosts, _CHUNK):
            hosts = range(first, min(first + _CHUNK, self.hosts))
            await _copy(connection, "projection.host", (_host(n) for n in hosts))
            await _copy(connection, "projection.calendar", (_calendar(n) for n in hosts))
            pictures = [picture for n in hosts for picture in self._pictures(n)]
            Random(first).shuffle(pictures)
            await _copy(connection, "projection.calendar_month", map(_month_row, pictures), _MONTH)
            busy = [
                (calendar_id(n), instant(start), instant(end))
                for n in hosts
                for start, end in _rows(self, n)
            ]
            Random(first).shuffle(busy)
            await _copy(connection, "bare.busy", busy)
        await connection.execute("VACUUM ANALYZE")

    def _pictures(self, host: int) -> Iterator[MonthPicture]:
        """Yield the months of a host's calendar, as the connector would tell of them."""
        as_of = datetime.now(UTC)
        for month in range(month_at(self.begin), month_at(self.end) + 1):
            first, last = month_time(month, month)
            occurrences = [
                TimedOccurrence(max(start, first), min(end, last), BusyState.BUSY, f"{number:032x}")
                for number, (start, end) in enumerate(_rows(self, host))
                if start < last and first < end
            ]
            yield MonthPicture(
                calendar_id(host), host_id(host), TENANT, month, 1, as_of, occurrences
            )


@lru_cache(maxsize=16_384)
def host_id(number: int) -> UUID:
    """Return a host's id; ids are spread, as real ones are."""
    return UUID(int=Random(f"host {number}").getrandbits(128), version=4)


@lru_cache(maxsize=16_384)
def calendar_id(number: int) -> UUID:
    """Return the id of a host's calendar."""
    return UUID(int=Random(f"calendar {number}").getrandbits(128), version=4)


@lru_cache(maxsize=1_024)
def _rows(population: Population, host: int) -> Sequence[Interval]:
    random = Random(f"busy {host}")
    return [_row(population, random) for _ in range(population.rows)]


@lru_cache(maxsize=16_384)
def _bounds(population: Population, host: int) -> "array[int]":
    """Return the bounds of all of a host's busy time, merged: as numbers, which take no room."""
    whole = population.begin, population.end
    return array("q", chain.from_iterable(merged(_rows(population, host), whole)))


def _row(population: Population, random: Random) -> Interval:
    start = population.begin + random.randrange((_DAYS - 1) * DAY // QUARTER) * QUARTER
    if random.random() < _LONG_SHARE:
        return start, start + DAY
    return start, start + random.randint(1, 8) * QUARTER


def _host(number: int) -> tuple[Any, ...]:
    zone = ZONES[number % len(ZONES)]
    hours = f'{{"weekly": {_WEEK}, "overrides": {{}}}}'
    return host_id(number), TENANT, 1, False, True, zone, hours


def _calendar(number: int) -> tuple[Any, ...]:
    return (calendar_id(number), TENANT, host_id(number), 1, False, True, "connected", None)


_MONTH = (
    *("calendar_id", "host_id", "tenant_id", "month", "revision", "as_of"),
    *("bare", "occurrences"),
)


def _month_row(it: MonthPicture) -> tuple[Any, ...]:
    return (
        *(it.calendar_id, it.host_id, it.tenant_id, it.month, it.revision, it.as_of),
        *(packed(it.bare), as_text(it.occurrences)),
    )


async def _copy(
    connection: Any, table: str, rows: Iterable[Any], columns: Sequence[str] | None = None
) -> None:
    schema, _, name = table.partition(".")
    await connection.copy_records_to_table(name, schema_name=schema, records=rows, columns=columns)
