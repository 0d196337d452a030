"""Wall clocks: what local clocks show, as integers, and the instants at which they show it.

A wall time is the reading of a local clock in seconds since the local 1970-01-01T00:00. While a
zone keeps one UTC offset, wall time and instants differ by that constant, so a window splits into
few stretches inside which all zone arithmetic is an addition. Wall times skipped by a change of
offset have no instant, repeated ones have two.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from availability.domain.errors import RuleError
from availability.domain.intervals import Interval

DAY = 86_400
MINUTE = 60

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class Stretch(NamedTuple):
    """Instants `start <= t < end` during which wall time is `t + offset`."""

    start: int
    end: int
    offset: int


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA zone of that name; raise RuleError where the zone database has none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a directory
        raise RuleError("timezone", "is no IANA time zone") from None


def day_of(local_date: date) -> int:
    """Return the day number of a date: days since 1970-01-01."""
    return local_date.toordinal() - EPOCH_ORDINAL


def local_day(zone: ZoneInfo, instant: int) -> int:
    """Return the number of the day that a calendar on the wall in `zone` shows at `instant`."""
    return (instant + utc_offset(zone, instant)) // DAY


def utc_offset(zone: ZoneInfo, instant: int) -> int:
    """Return how many seconds the clocks of `zone` are ahead of UTC at `instant`."""
    # ZoneInfo always knows the offset of an instant; the type of utcoffset() does not say so.
    offset = datetime.fromtimestamp(instant, zone).utcoffset() or timedelta(0)
    return int(offset.total_seconds())


@lru_cache(maxsize=2048)
def stretches(zone: ZoneInfo, first_day: int, end_day: int) -> tuple[Stretch, ...]:
    """Return the stretches of constant offset from UTC day `first_day` up to `end_day`.

    Offsets are probed once a day: no zone has ever changed its clocks twice within one.
    """
    found: list[Stretch] = []
    begin = first_day * DAY
    offset = utc_offset(zone, begin)
    for probe in range(begin + DAY, end_day * DAY + 1, DAY):
        later = utc_offset(zone, probe)
        if later != offset:
            change = _change_of_offset(zone, probe - DAY, probe)
            found.append(Stretch(begin, change, offset))
            begin, offset = change, later
    found.append(Stretch(begin, end_day * DAY, offset))
    return tuple(stretch for stretch in found if stretch.start < stretch.end)


def instants(zone: ZoneInfo, wall: Interval) -> list[Interval]:
    """Return the instants at which clocks show a wall time within `wall`.

    Nothing when the whole of it is skipped, two intervals when part of it is repeated.
    """
    start, end = wall
    shown: list[Interval] = []
    for stretch in stretches(zone, start // DAY - 1, -(-end // DAY) + 1):
        begin = max(stretch.start, start - stretch.offset)
        finish = min(stretch.end, end - stretch.offset)
        if begin < finish:
            shown.append((begin, finish))
    return shown


@lru_cache(maxsize=8192)
def day_start(zone: ZoneInfo, day: int) -> int:
    """Return the first instant of local day `day`, or of the next one that exists.

    Where midnight is skipped (America/Sao_Paulo until 2018, Asia/Beirut, Africa/Cairo) the day
    begins at the change of the clocks; where the whole day is skipped (Pacific/Apia on
    2011-12-30) it begins and ends there.
    """
    return instants(zone, (day * DAY, (day + 2) * DAY))[0][0]


@lru_cache(maxsize=8192)
def day_end(zone: ZoneInfo, day: int) -> int:
    """Return the end of the last instant of local day `day`, or of the last one that existed.

    Later than the start of the next day where clocks go back across midnight (America/St_Johns
    until 2011): the two days then share the repeated time.
    """
    return instants(zone, ((day - 1) * DAY, (day + 1) * DAY))[-1][1]


def _change_of_offset(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the one instant in `(before, after]` from which the later offset holds."""
    offset = utc_offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if utc_offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after
