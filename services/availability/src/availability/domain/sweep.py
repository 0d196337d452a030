"""The path for starts on no common lattice, and the second opinion on the quick path."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from availability.domain.candidate import Candidate
from availability.domain.intervals import Interval, merged, subtracted
from availability.domain.starts import runs_within
from availability.domain.working_hours import Opening

_Group = TypeVar("_Group")


def together(candidates: Sequence[Candidate], window: Interval) -> list[int]:
    """Return the starts within `window` that every candidate offers, in order."""
    everyone = len(candidates)
    offers = any_of(candidates, window, len)
    return [start for start, number in offers.items() if number == everyone]


def any_of(
    candidates: Sequence[Candidate],
    window: Interval,
    group: Callable[[tuple[int, ...]], _Group],
) -> dict[int, _Group]:
    """Return the starts within `window` that anyone offers, in order, each with its group.

    `group` turns the indices of those who offer a start into what shall stand for them.
    """
    members: dict[int, list[int]] = {}
    for index, candidate in enumerate(candidates):
        for start in _offered(candidate, window):
            members.setdefault(start, []).append(index)
    return {start: group(tuple(members[start])) for start in sorted(members)}


def _offered(candidate: Candidate, window: Interval) -> list[int]:
    """Return the starts that are possible and behind no barrier."""
    refused = merged(
        (start - barrier.lead + 1, end + barrier.trail)
        for barrier in candidate.barriers
        for start, end in barrier.layer.intervals
    )
    allowed = subtracted([window], refused)
    runs = (Opening(run.start, run.stop, run.start) for run in candidate.possible.runs)
    step = candidate.possible.step
    return [start for run in runs_within(allowed, runs, step) for start in run]
