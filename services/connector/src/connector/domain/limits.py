"""How much of a calendar is read before it counts as hostile."""

from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """The limits a body can exceed."""

    BYTES = "bytes"
    LINE_LENGTH = "line_length"
    COMPONENTS = "components"
    DEPTH = "depth"
    OCCURRENCES = "occurrences"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one calendar may cost.

    `bytes` counts the decoded body, `line_length` the characters of an unfolded line that is read,
    `components` every BEGIN, `depth` their nesting, `occurrences` those in the window. `work`
    counts dates and times looked at while rules are expanded, in the whole body;
    `work_per_series` and `occurrences_per_series` are the shares one UID may take before only that
    UID is given up.
    """

    bytes: int = 10 * 1024 * 1024
    line_length: int = 1024 * 1024
    components: int = 20_000
    depth: int = 5
    occurrences: int = 10_000
    work: int = 2_000_000
    work_per_series: int = 50_000
    occurrences_per_series: int = 5_000


class LimitExceeded(Exception):  # noqa: N818  # the name states the fact, as the other answers do
    """The body as a whole is too costly to read; what it says about busy time stays unknown."""

    def __init__(self, which: Limit) -> None:
        super().__init__(f"The calendar exceeds the limit of {which}.")
        self.which = which


class RuleTooCostly(Exception):  # noqa: N818  # see LimitExceeded
    """One series would take more than its share of the work."""


class Work:
    """Counts the steps of one expansion; deterministic, so that a verdict can be repeated."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.work
        self._share = limits.work_per_series
        self._left_of_share = self._share
        self.occurrences_per_series = limits.occurrences_per_series

    def next_series(self) -> None:
        """Give the next series its full share."""
        self._left_of_share = self._share

    def spend(self, steps: int) -> None:
        """Take steps, or raise `RuleTooCostly` (this series) or `LimitExceeded` (the body)."""
        if steps > self._left_of_share:
            raise RuleTooCostly
        self._left_of_share -= steps
        self._left -= steps
        if self._left < 0:
            raise LimitExceeded(Limit.WORK)
