"""Writes busy time as JSON, for all hosts of an answer at once.

Intervals in one state differ in a few places only: one is written out as a form, the form is copied
as often as there are intervals, and the places are filled in column by column.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import numpy as np
from msgspec import Raw, Struct
from msgspec.json import Encoder
from numpy.typing import NDArray

from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.free_busy import FreeBusy
from availability.domain.intervals import Bounds, Interval, bounds_of
from availability.domain.wall_clock import DAY, EPOCH_ORDINAL
from availability.entrypoints.http.values import shown

_FEW_SECONDS = 60 * DAY
"""Busy time of so little, over all hosts, is written one by one before NumPy has begun."""

_TEXT: Final = '{{"start":"YYYY-MM-DDTHH:MM:SSZ","end":"yyyy-mm-ddThh:mm:ssZ","state":"{}"}},'
_BETWEEN: Final = b"},"
_START, _END = (_TEXT.format("").index(place) for place in ("YYYY", "yyyy"))
_MOMENT: Final = np.dtype(
    {
        "names": ["date", "time"],
        "formats": ["S10", "S8"],
        "offsets": [0, len("YYYY-MM-DDT")],
        "itemsize": _END - _START,
    }
)

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
    texts: list[list[memoryview]] = [[] for _ in many]
    for state in PRECEDENCE:
        found = [
            (of_host, bounds_of(it.busy[state]))
            for of_host, it in zip(texts, many, strict=True)
            if state in it.busy
        ]
        if found:
            hosts, parts = zip(*found, strict=True)
            for of_host, text in zip(hosts, _written(state, parts, window), strict=True):
                of_host.append(text)
    return [_listed(it) for it in texts]


def _one_by_one(found: FreeBusy) -> Raw:
    busy = [
        BusyShown(shown(start), shown(end), state)
        for state, intervals in found.busy.items()
        for start, end in intervals
    ]
    if len(found.busy) > 1:
        busy.sort(key=attrgetter("start"))
    return Raw(_encode(busy))


def _listed(texts: Sequence[memoryview]) -> Raw:
    """Return the intervals of a host, which come for each of its states, as one list."""
    if len(texts) == 1:
        return Raw(b"[%b]" % texts[0][:-1])
    # As text they have the order of their starts: years have four digits.
    *intervals, _ = b"".join(texts).split(_BETWEEN)
    return Raw(b"[%b]" % b",".join(it + b"}" for it in sorted(intervals)))


def _written(state: BusyState, parts: Sequence[Bounds], window: Interval) -> Iterator[memoryview]:
    """Yield the intervals in a state as text, each with a comma, for each host."""
    form = _form(state)
    forms = form.repeat(sum(map(len, parts)) // 2)
    bounds = np.frombuffer(b"".join(parts), np.int64).reshape(-1, 2)
    days, seconds = np.divmod(bounds, DAY)
    first, last = (instant // DAY for instant in window)
    moments = forms["bounds"]
    moments["date"] = _dates(first, last).take(days - first)
    moments["time"] = _TIMES.take(seconds)
    text = forms.view(np.uint8).data
    position = 0
    for part in parts:
        begin, position = position, position + len(part) // 2 * form.itemsize
        yield text[begin:position]


@lru_cache(maxsize=len(BusyState))
def _form(state: BusyState) -> NDArray[Any]:
    """Return the form of intervals in a state, with its places."""
    text = _TEXT.format(state).encode()
    places = np.dtype(
        {
            "names": ["bounds"],
            "formats": [(_MOMENT, 2)],
            "offsets": [_START],
            "itemsize": len(text),
        }
    )
    return np.array([text]).view(places)


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
