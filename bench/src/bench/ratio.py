"""Ratios of costs: the median of the blocks, and how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from random import Random
from statistics import median, quantiles

_RESAMPLES = 2_000
_PERCENTILES = 40  # of 2.5 % each: the first and the last cut leave 95 % between them


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of per-block ratios with its bootstrap 95 % interval."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """The interval's width as a part of the median; of a median of nothing, none or endless."""
        width = self.high - self.low
        if not self.median:
            return inf if width else 0.0
        return width / self.median

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


def ratio_of(blocks: Sequence[float]) -> Ratio:
    """Summarise the ratios of all blocks, one or more; the same input gives the same result."""
    random = Random(0)
    medians = [median(random.choices(blocks, k=len(blocks))) for _ in range(_RESAMPLES)]
    cuts = quantiles(medians, n=_PERCENTILES, method="inclusive")
    return Ratio(median(blocks), cuts[0], cuts[-1])
