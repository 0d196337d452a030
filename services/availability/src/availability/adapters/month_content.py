"""How a month's row holds its picture: time in bare intervals, and occurrences as text.

Whoever asks when somebody is busy gets the intervals as they lie in the row; only where reasons
shall name what is in the way are all occurrences read.
"""

import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec.json import decode, encode

from availability.domain.busy_state import BusyState
from availability.domain.host import AllDayOccurrence, Occurrence, TimedOccurrence
from availability.domain.intervals import Bounds, Interval, Packed, bounds_of, clipped, union

_STATES = {
    1: BusyState.BUSY,
    2: BusyState.OUT_OF_OFFICE,
    3: BusyState.TENTATIVE,
    4: BusyState.UNKNOWN,
}
_CODES = {state: code for code, state in _STATES.items()}


def packed(time: Mapping[BusyState, Sequence[Interval]]) -> bytes:
    """Return merged sets by state as little-endian int64: a state's code, how many bounds, these.

    What two calls return may be joined.
    """
    numbers = array("q")
    for state, intervals in time.items():
        bounds = bounds_of(intervals)
        numbers.extend((_CODES[state], len(bounds)))
        numbers.extend(bounds)
    return _turned(numbers).tobytes()


def unpacked(content: bytes, span: Interval) -> Mapping[BusyState, Packed]:
    """Return what lies within `span` of any number of `packed` values, as merged sets by state."""
    numbers = _numbers(content)
    time: dict[BusyState, Packed] = {}
    position, end = 0, len(numbers)
    while position < end:
        state, begin = _STATES[numbers[position]], position + 2
        position = begin + numbers[position + 1]
        found = clipped(Packed(numbers[begin:position]), span)
        time[state] = _joined(time[state], found) if state in time else found
    return time


def _numbers(content: bytes) -> Bounds:
    """Return int64 numbers, of which those that nobody looks at do not become objects."""
    if sys.byteorder == "little":
        return memoryview(content).cast("q")
    return _turned(array("q", content))


def _turned(numbers: "array[int]") -> "array[int]":
    """Return numbers of this machine's byte order in little-endian, or the other way."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _joined(known: Packed, more: Packed) -> Packed:
    """Return two merged sets as one; months mostly come in their order."""
    if not known.bounds or not more.bounds:
        return known if known.bounds else more
    before, after = known.bounds, more.bounds
    if after[0] < before[-1]:
        return Packed(bounds_of(union(known, more)))
    if after[0] == before[-1]:
        before, after = before[:-1], after[1:]
    return Packed(memoryview(b"".join((before, after))).cast("q"))


def as_text(occurrences: Iterable[Occurrence]) -> str:
    """Return occurrences as a JSON array of arrays: bounds, state, occurrence id, booking id."""
    return encode([_row(it) for it in occurrences]).decode()


def from_text(content: str, span: Interval) -> Iterator[Occurrence]:
    """Yield the occurrences of `as_text` that may touch `span`."""
    for start, end, state, occurrence_id, booking in decode(content):
        booking_id = None if booking is None else UUID(booking)
        if isinstance(start, str):
            first, after = date.fromisoformat(start), date.fromisoformat(end)
            yield AllDayOccurrence(first, after, BusyState(state), occurrence_id, booking_id)
        elif start < span[1] and span[0] < end:
            yield TimedOccurrence(start, end, BusyState(state), occurrence_id, booking_id)


def _row(it: Occurrence) -> tuple[object, ...]:
    if isinstance(it, TimedOccurrence):
        return it.start, it.end, it.state, it.occurrence_id, it.booking_id
    return it.start_date, it.end_date, it.state, it.occurrence_id, it.booking_id
