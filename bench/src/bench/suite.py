"""The words of a benchmark: arms do the same work, a gate checks their answers, targets judge.

A module of `bench.suites` opens one or several suites that share their servers.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Any, Generic, TypeVar

from stack.stack import Stack

from bench.targets import Target

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class WrongAnswerError(Exception):
    """An arm did not do the work it was timed for; no timing of this run counts."""


class Profile(Enum):
    """How long to look."""

    SMOKE = "smoke"
    FULL = "full"

    @property
    def blocks(self) -> int:
        """How many blocks are run at least."""
        return 4 if self is Profile.SMOKE else 15

    @property
    def patience_seconds(self) -> float:
        """How long a suite may go on past its blocks, waiting for a quiet machine."""
        return 2.0 if self is Profile.SMOKE else 300.0


@dataclass(frozen=True, slots=True)
class Measurement(Generic[Answer]):
    """What one arm's work on one block's items cost, and what came of it.

    `cost` is that of one item, in any unit the suite's arms share (mostly seconds); less is better.
    """

    cost: float
    answer: Answer


@dataclass(frozen=True, slots=True)
class Arm(Generic[Item, Answer]):
    """One way to do the work. `share`: a slow arm works on the first part of the items only."""

    name: str
    measure: Callable[[Sequence[Item]], Awaitable[Measurement[Answer]]]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which arm is compared with which, and what is expected of the ratio."""

    subject: str
    reference: str
    target: Target


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A comparison that cannot be made here, and why."""

    comparison: Comparison
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite(Generic[Item, Answer]):
    """Arms that are comparable because they do the same work on the same items.

    `draw` makes a block's items from its seed. `gate` raises WrongAnswerError unless an answer is
    right for the items. `control` names the floor and its duplicate: their ratio is 1 on a machine
    that measures well.
    """

    name: str
    arms: Sequence[Arm[Item, Answer]]
    control: tuple[str, str]
    comparisons: Sequence[Comparison]
    draw: Callable[[Random], Sequence[Item]]
    gate: Callable[[Sequence[Item], Answer], None]
    not_measured: Sequence[NotMeasured] = ()

    def __post_init__(self) -> None:
        """Refuse a suite that speaks of arms it does not have."""
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.name}: two arms have one name")
        wanted = {*self.control, *(n for c in self.comparisons for n in (c.subject, c.reference))}
        if missing := wanted - set(names):
            raise ValueError(f"{self.name}: no arm {', '.join(sorted(missing))}")


Open = Callable[[Stack, Profile], AbstractAsyncContextManager[Sequence[Suite[Any, Any]]]]
"""How a module opens its suites: `stack` is entered; what a suite needs of it, it starts."""
