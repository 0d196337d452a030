"""Free slots found the plain way: try every start of every host against all that is busy."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.busy import Interval, instant

_SATURDAY = 5
_OPENS, _CLOSES = 9, 17
_LONG, _STEP = 1800, 900

Free = Mapping[int, tuple[int, ...]]
"""Who is free (indices of the hosts, in order) by the start of a meeting."""


def free_starts(
    zones: Sequence[ZoneInfo], busy: Sequence[Sequence[Interval]], window: Interval
) -> Free:
    """Return the starts within the window, on quarters of an hour, at which anyone is free.

    Hosts work from nine to five on weekdays; a meeting takes half an hour.
    """
    return {
        start: free
        for start in range(*window, _STEP)
        if (
            free := tuple(
                host
                for host, zone in enumerate(zones)
                if _is_open(zone, start) and _is_free(busy[host], start)
            )
        )
    }


def _is_open(zone: ZoneInfo, start: int) -> bool:
    begins: datetime = instant(start).astimezone(zone)
    closes = begins.replace(hour=_CLOSES, minute=0)
    ends = begins + timedelta(seconds=_LONG)
    return begins.weekday() < _SATURDAY and begins.hour >= _OPENS and ends <= closes


def _is_free(busy: Sequence[Interval], start: int) -> bool:
    return not any(begin < start + _LONG and end > start for begin, end in busy)
