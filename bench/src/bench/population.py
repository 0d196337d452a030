"""Hosts with one calendar each, and what is in the calendars: known without asking a database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

from bench.busy import Interval, instant, merged

TENANT = "bench"
QUARTER = 900
DAY = 86_400
_DAYS = 180
_CHUNK = 1_000
_LONG_SHARE = 0.01
_MONTHS = 12
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
        return merged(_rows(self, host), window)

    async def load(self, connection: Any) -> None:
        """Fill availability's empty tables, in an order in which events may arrive; vacuum them."""
        months = range(_month(self.begin), _month(self.end) + 1)
        for first in range(0, self.hosts, _CHUNK):
            hosts = range(first, min(first + _CHUNK, self.hosts))
            await _copy(connection, "host", (_host(n) for n in hosts))
            await _copy(connection, "calendar", (_calendar(n) for n in hosts))
            as_of = datetime.now(UTC)
            await _copy(
                connection,
                "calendar_month",
                ((calendar_id(n), m, host_id(n), TENANT, 1, as_of) for n in hosts for m in months),
            )
            busy = [
                (calendar_id(n), instant(start), instant(end), "busy", None, None)
                for n in hosts
                for start, end in _rows(self, n)
            ]
            Random(first).shuffle(busy)
            await _copy(connection, "busy", busy)
        await connection.execute("VACUUM ANALYZE")


def host_id(number: int) -> UUID:
    """Return a host's id; ids are spread, as real ones are."""
    return UUID(int=Random(f"host {number}").getrandbits(128), version=4)


def calendar_id(number: int) -> UUID:
    """Return the id of a host's calendar."""
    return UUID(int=Random(f"calendar {number}").getrandbits(128), version=4)


@lru_cache(maxsize=4_096)
def _rows(population: Population, host: int) -> Sequence[Interval]:
    random = Random(f"busy {host}")
    return [_row(population, random) for _ in range(population.rows)]


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


def _month(seconds: int) -> int:
    date = instant(seconds)
    return date.year * _MONTHS + date.month - 1


async def _copy(connection: Any, table: str, rows: Iterator[Any] | Sequence[Any]) -> None:
    await connection.copy_records_to_table(table, schema_name="projection", records=rows)
