"""Writes busy time as JSON, for all hosts of an answer at once.

Intervals differ in a few places only: one is written out as a form, the form is copied as often as
there are intervals, and the places are filled in column by column.
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final

import numpy as np
from msgspec import Raw, Struct
from msgspec.json import Encoder
from numpy.typing import NDArray

from availability.domain.busy_state import BusyState
from availability.domain.free_busy import FreeBusy
from availability.domain.intervals import Interval, bounds_of
from availability.domain.wall_clock import DAY, EPOCH_ORDINAL
from availability.entrypoints.http.values import shown

_FEW_SECONDS = 60 * DAY
"""Busy time of so little, over all hosts, is written one by one before NumPy has begun."""

_FORM: Final = b'{"start":"YYYY-MM-DDTHH:MM:SSZ","end":"yyyy-mm-ddThh:mm:ssZ","state":"'
_START, _END = _FORM.index(b"YYYY"), _FORM.index(b"yyyy")
_ENDINGS: Final = {state: f'{state}"}},'.encode() for state in BusyState}
_MOMENT: Final = np.dtype(
    {
        "names": ["date", "time"],
        "formats": ["S10", "S8"],
        "offsets": [0, len("YYYY-MM-DDT")],
        "itemsize": _END - _START,
    }
)

_PADDING: Final = b"\0"

_encode = Encoder().encode


class BusyShown(Struct, gc=False):
    """Time `start <= t < end` in one state."""

    start: datetime
    end: datetime
    state: BusyState


def busy_json(many: Collection[FreeBusy], window: Interval) -> list[Raw]:
    """Return a list of `BusyShown` for each host, in order; the busy time lies within `window`."""
    if len(many) * (window[1] - window[0]) < _FEW_SECONDS:
        return [_one_by_one(it) for it in many]
    stretches = [
        (host, _ENDINGS[state], bounds_of(intervals))
        for host, it in enumerate(many)
        for state, intervals in it.busy.items()
    ]
    if not stretches:
        return [Raw(b"[]")] * len(many)
    hosts, endings, parts = zip(*stretches, strict=True)
    lengths = [len(bounds) // 2 for bounds in parts]
    bounds = np.frombuffer(b"".join(parts), np.int64).reshape(-1, 2)
    host = np.repeat(hosts, lengths)
    ending = np.array(endings).repeat(lengths)
    if len(set(hosts)) < len(hosts):
        order = np.lexsort((bounds[:, 0], host))
        bounds, ending = bounds[order], ending[order]
    text, width = _filled_in(bounds, ending, window)
    firsts = host.searchsorted(np.arange(len(many) + 1)) * width
    return [
        Raw(b"[" + text[first:after].replace(_PADDING, b"")[:-1] + b"]")
        for first, after in pairwise(firsts.tolist())
    ]


def _one_by_one(found: FreeBusy) -> Raw:
    busy = [
        BusyShown(shown(start), shown(end), state)
        for state, intervals in found.busy.items()
        for start, end in intervals
    ]
    if len(found.busy) > 1:
        busy.sort(key=attrgetter("start"))
    return Raw(_encode(busy))


def _filled_in(
    bounds: NDArray[np.int64], ending: NDArray[np.bytes_], window: Interval
) -> tuple[bytes, int]:
    """Return a form for each interval, and how long each is: short endings are padded."""
    days, seconds = np.divmod(bounds, DAY)
    first, last = (instant // DAY for instant in window)
    form = _form(ending.itemsize)
    forms = form.repeat(len(bounds))
    moments = forms["bounds"]
    moments["date"] = _dates(first, last)[days - first]
    moments["time"] = _TIMES[seconds]
    forms["ending"] = ending
    return forms.tobytes(), form.itemsize


@lru_cache(maxsize=16)
def _form(longest_ending: int) -> NDArray[Any]:
    """Return the form with its places."""
    places = np.dtype(
        {
            "names": ["bounds", "ending"],
            "formats": [(_MOMENT, 2), f"S{longest_ending}"],
            "offsets": [_START, len(_FORM)],
        }
    )
    return np.array([_FORM], f"S{places.itemsize}").view(places)


@lru_cache(maxsize=256)
def _dates(first: int, last: int) -> NDArray[Any]:
    """Return the dates of some days, counted from 1970-01-01, both included."""
    ordinals = range(EPOCH_ORDINAL + first, EPOCH_ORDINAL + last + 1)
    return np.array([date.fromordinal(it).isoformat() for it in ordinals], "S10")


def _times() -> NDArray[Any]:
    """Return every second of a day."""
    times = np.empty((24, 60, 60), [("hour", "S3"), ("minute", "S3"), ("second", "S2")])
    times["hour"] = np.array([f"{it:02}:" for it in range(24)])[:, None, None]
    times["minute"] = np.array([f"{it:02}:" for it in range(60)])[:, None]
    times["second"] = np.array([f"{it:02}" for it in range(60)])
    return times.view("S8").ravel()


_TIMES: Final = _times()
