"""Possible starts: where a meeting fits into working hours, in steps on the wall clock."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import NamedTuple
from zoneinfo import ZoneInfo

from availability.domain.intervals import Interval, merged
from availability.domain.rules import SlotRules, WallClockAnchor
from availability.domain.wall_clock import DAY, MINUTE, stretches
from availability.domain.working_hours import Opening, WorkingHours, openings


@dataclass(frozen=True, slots=True, eq=False)
class PossibleStarts:
    """Starts that working hours and step allow.

    `fitting` are the instants at which a meeting could start and stay within one stretch of
    hours (merged); `runs` are those on the step, in order and without repetition; `grain` is a
    number of seconds of which the step and every start are multiples. Compared by
    identity: they are made once and found again in the cache.
    """

    fitting: Sequence[Interval]
    runs: Sequence[range]
    step: int
    grain: int

    def fits(self, start: int) -> bool:
        """Tell whether a meeting starting at `start` stays within working hours."""
        position = bisect_right(self.fitting, start, key=_first) - 1
        return position >= 0 and start < self.fitting[position][1]

    def is_on_step(self, start: int) -> bool:
        """Tell whether `start` is one of the starts."""
        position = bisect_right(self.runs, start, key=_run_start) - 1
        return position >= 0 and start in self.runs[position]


class _Pace(NamedTuple):
    """The rules on which possible starts depend; other rules share the cached ones."""

    duration: int
    step: int
    anchor: WallClockAnchor | None


def possible_starts(
    hours: WorkingHours, zone: ZoneInfo, rules: SlotRules, days: Interval
) -> PossibleStarts:
    """Return the possible starts of a host in the UTC days `days` (half-open, day numbers)."""
    return _possible_starts(hours, zone, _Pace(rules.duration, rules.step, rules.anchor), days)


@lru_cache(maxsize=4096)
def _possible_starts(
    hours: WorkingHours, zone: ZoneInfo, pace: _Pace, days: Interval
) -> PossibleStarts:
    duration, step, anchor = pace
    first_day, end_day = days
    last_needed = end_day - (-duration // DAY)
    open_time = list(openings(hours, zone, first_day, last_needed))
    fitting = [
        (start, min(end - duration + 1, end_day * DAY))
        for start, end in merged((opening.start, opening.end) for opening in open_time)
        if start <= end - duration and start < end_day * DAY
    ]
    beats = open_time if anchor is None else _beats(anchor, step, days)
    runs = tuple(runs_within(fitting, beats, step))
    grain = gcd(step, *(run.start for run in runs))
    return PossibleStarts(fitting, runs, step, grain)


def _beats(anchor: WallClockAnchor, step: int, days: Interval) -> Iterator[Opening]:
    """Yield the stretches over which steps are counted from one anchor.

    A step that divides the day counts on through the nights; any other begins anew each day.
    """
    offset_in_day = anchor.minute * MINUTE
    for start, end, offset in stretches(anchor.zone, *days):
        if DAY % step == 0:
            yield Opening(start, end, offset_in_day - offset)
            continue
        for day in range((start + offset) // DAY, -(-(end + offset) // DAY)):
            midnight = day * DAY - offset
            yield Opening(max(start, midnight), min(end, midnight + DAY), midnight + offset_in_day)


def runs_within(
    allowed: Sequence[Interval], beats: Iterable[Opening], step: int
) -> Iterator[range]:
    """Yield the starts on the step within `allowed` (merged), a range for each stretch.

    Starts are counted from the anchor of each beat; beats are in order and do not overlap.
    """
    position = 0
    for start, end, anchor in beats:
        while position < len(allowed) and allowed[position][1] <= start:
            position += 1
        cursor = position
        while cursor < len(allowed) and allowed[cursor][0] < end:
            begin = max(start, allowed[cursor][0])
            first = begin + (anchor - begin) % step
            run = range(first, min(end, allowed[cursor][1]), step)
            if run:
                yield run
            cursor += 1


def _first(interval: Interval) -> int:
    return interval[0]


def _run_start(run: range) -> int:
    return run.start
