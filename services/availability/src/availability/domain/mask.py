"""The quick path: starts as the bits of one big integer.

All starts of a search lie on one lattice of instants. Bit `i` stands for the lattice's instant
`i`, so refusing a stretch of time is one shift and a search over many hosts is one `&` or `|`.
Nothing is rounded away: a bit is a start, not a cell of time, hence durations, buffers and busy
time may be anything.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, compress
from math import gcd
from typing import NamedTuple, TypeVar

from availability.domain.candidate import Candidate
from availability.domain.intervals import Interval
from availability.domain.starts import PossibleStarts
from availability.domain.wall_clock import DAY

_Group = TypeVar("_Group")

_WORD = 64
_DIGIT_VALUES = bytes.maketrans(b"01", b"\x00\x01")


class Lattice(NamedTuple):
    """The instants `origin + i * grain` for `0 <= i < points`."""

    origin: int
    grain: int
    points: int

    @classmethod
    def holding(cls, candidates: Iterable[Candidate], days: Interval) -> "Lattice":
        """Return the coarsest lattice with every start of `candidates` in the UTC days `days`."""
        grain = gcd(*(candidate.possible.grain for candidate in candidates))
        origin = days[0] * DAY // grain * grain
        return cls(origin, grain, -((origin - days[1] * DAY) // grain))

    def instants(self) -> range:
        """Return all of them, in order."""
        return range(self.origin, self.origin + self.points * self.grain, self.grain)


def together(candidates: Iterable[Candidate], window: Interval, lattice: Lattice) -> list[int]:
    """Return the starts within `window` that every candidate offers, in order."""
    common = _between(window, lattice)
    for candidate in candidates:
        common &= _offered(candidate, lattice)
    return list(compress(lattice.instants(), _flags(common, lattice)))


def any_of(
    candidates: Iterable[Candidate],
    window: Interval,
    lattice: Lattice,
    group: Callable[[tuple[int, ...]], _Group],
) -> dict[int, _Group]:
    """Return the starts within `window` that anyone offers, in order, each with its group.

    `group` turns the indices of those who offer a start into what shall stand for them; it is
    called once for each set of candidates that occurs.
    """
    inside = _between(window, lattice)
    masks = [_offered(candidate, lattice) & inside for candidate in candidates]
    either = 0
    for mask in masks:
        either |= mask
    offered = _flags(either, lattice)
    words = [_words(masks[index : index + _WORD], lattice) for index in range(0, len(masks), _WORD)]
    columns = list(compress(words[0] if len(words) == 1 else zip(*words, strict=True), offered))
    groups = {column: group(_members(column)) for column in set(columns)}
    starts = compress(lattice.instants(), offered)
    return dict(zip(starts, map(groups.__getitem__, columns), strict=True))


def _words(masks: Sequence[int], lattice: Lattice) -> Sequence[int]:
    """Return a number for each instant of the lattice: a bit of it for each of up to 64 masks."""
    places = _WORD // 8
    words = bytearray(places * lattice.points)
    for place in range((len(masks) + 7) // 8):
        words[place::places] = _stacked(masks[8 * place : 8 * place + 8], lattice)
    return memoryview(words).cast("Q")


def _stacked(masks: Sequence[int], lattice: Lattice) -> bytes:
    """Return a byte for each instant of the lattice, in which up to eight masks have a bit each."""
    stack = 0
    for bit, mask in enumerate(masks):
        stack |= int.from_bytes(_flags(mask, lattice), "big") << bit
    return stack.to_bytes(lattice.points, "big")


@lru_cache(maxsize=4096)
def _members(column: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the indices of the masks that have a bit in a column: a word, or several."""
    words = (column,) if isinstance(column, int) else column
    bytes_of_masks = chain.from_iterable(word.to_bytes(_WORD // 8, sys.byteorder) for word in words)
    return tuple(
        8 * place + bit
        for place, byte in enumerate(bytes_of_masks)
        for bit in range(8)
        if byte >> bit & 1
    )


def _offered(candidate: Candidate, lattice: Lattice) -> int:
    """Return the starts that are possible and behind no barrier."""
    origin, grain, points = lattice
    refused = 0
    for layer, lead, _, trail in candidate.barriers:
        # Refused are the instants t with start - lead < t < end + trail; both divisions round up.
        before = origin + lead - grain
        after = origin - trail - grain + 1
        for start, end in layer.intervals:
            low = (start - before) // grain
            high = (end - after) // grain
            if low < 0:  # noqa: PLR1730 - a call costs more than the rest of the loop
                low = 0
            if high > points:  # noqa: PLR1730 - as above
                high = points
            if low < high:
                refused |= (1 << high) - (1 << low)
    return _possible(candidate.possible, lattice) & ~refused


@lru_cache(maxsize=4096)
def _possible(possible: PossibleStarts, lattice: Lattice) -> int:
    mask = 0
    for run in possible.runs:
        spacing = run.step // lattice.grain
        # One bit every `spacing`: the sum of a geometric series.
        comb = ((1 << spacing * len(run)) - 1) // ((1 << spacing) - 1)
        mask |= comb << (run.start - lattice.origin) // lattice.grain
    return mask


def _between(window: Interval, lattice: Lattice) -> int:
    low, high = (-((lattice.origin - bound) // lattice.grain) for bound in window)
    return (1 << high) - (1 << low)


def _flags(mask: int, lattice: Lattice) -> bytes:
    """Return a byte for each instant of the lattice, 1 where its bit is set and 0 elsewhere."""
    return f"{mask:0{lattice.points}b}"[::-1].encode().translate(_DIGIT_VALUES)
