"""Targets, and what a measured ratio says about them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from math import inf

from bench.ratio import Ratio

_WIDEST_INTERVAL = 0.25
_CONTROL_RANGE = (0.93, 1.07)


class Verdict(Enum):
    """What is said about one comparison."""

    STRETCH = "met, stretch too"
    MET = "met"
    SHORT = "short"
    NOISY = "invalid: noisy host"
    NONE = "for comparison"


@dataclass(frozen=True, slots=True)
class Target(ABC):
    """What must be reached, and what would be fine to reach."""

    must: float
    stretch: float | None = None

    @abstractmethod
    def ratio(self, *, subject: float, reference: float) -> float:
        """Return the ratio that the target speaks of, from the costs of two arms."""

    @abstractmethod
    def reached(self, ratio: float, goal: float) -> bool:
        """Tell whether the ratio is at least as good as the goal."""

    @property
    @abstractmethod
    def half(self) -> float:
        """The goal that is half as good as what must be reached."""

    @abstractmethod
    def best(self, ratio: Ratio) -> float:
        """Return the end of the interval that is nearer to the goal."""

    def hopeless(self, ratio: Ratio, verdict: Verdict) -> bool:
        """Tell whether the target is missed by more than half.

        Where the machine was too noisy for a verdict, only if the noise cannot explain it.
        """
        reading = self.best(ratio) if verdict is Verdict.NOISY else ratio.median
        return not self.reached(reading, self.half)

    @abstractmethod
    def written(self, goal: float) -> str:
        """Return the goal as people read it."""

    def judge(self, ratio: Ratio, *, control: Ratio) -> Verdict:
        """Return the verdict; there is none where the machine was too noisy to tell."""
        if ratio.spread > _WIDEST_INTERVAL or not trustworthy(control):
            return Verdict.NOISY
        if self.stretch is not None and self.reached(ratio.median, self.stretch):
            return Verdict.STRETCH
        return Verdict.MET if self.reached(ratio.median, self.must) else Verdict.SHORT


class AtLeast(Target):
    """The subject is so many times as fast as the reference."""

    def ratio(self, *, subject: float, reference: float) -> float:
        """Return how many times as fast the subject is."""
        return reference / subject

    def reached(self, ratio: float, goal: float) -> bool:
        """More is better."""
        return ratio >= goal

    @property
    def half(self) -> float:
        """Half as fast."""
        return self.must / 2

    def best(self, ratio: Ratio) -> float:
        """Return the upper end."""
        return ratio.high

    def written(self, goal: float) -> str:
        """Return `≥ goal`."""
        return f"≥ {goal:.3g}x"


class AtMost(Target):
    """The subject costs so many times what the reference costs."""

    def ratio(self, *, subject: float, reference: float) -> float:
        """Return how many times as much the subject costs."""
        return subject / reference

    def reached(self, ratio: float, goal: float) -> bool:
        """Less is better."""
        return ratio <= goal

    @property
    def half(self) -> float:
        """Twice the cost."""
        return self.must * 2

    def best(self, ratio: Ratio) -> float:
        """Return the lower end."""
        return ratio.low

    def written(self, goal: float) -> str:
        """Return `≤ goal`."""
        return f"≤ {goal:.3g}x"


@dataclass(frozen=True, slots=True)
class NotJudged(AtMost):
    """Nothing is asked of this ratio: it is shown beside others, to tell what limits them."""

    must: float = inf

    def written(self, goal: float) -> str:
        """Return nothing."""
        del goal
        return ""

    def judge(self, ratio: Ratio, *, control: Ratio) -> Verdict:
        """Return no verdict, nor wait for a quiet machine on its account."""
        del ratio, control
        return Verdict.NONE


def trustworthy(control: Ratio) -> bool:
    """Tell whether an arm looked like its own duplicate, and surely so."""
    low, high = _CONTROL_RANGE
    return low <= control.median <= high and control.spread <= _WIDEST_INTERVAL
