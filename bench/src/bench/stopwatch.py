"""Measures how long something takes."""

from collections.abc import Callable
from time import perf_counter, process_time


class Stopwatch:
    """Runs from its making; times are seconds of `clock`, the wall's unless told otherwise."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._started = clock()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self._clock() - self._started


def cpu_stopwatch() -> Stopwatch:
    """Return one that runs while this process does: for arms that only compute, all in here.

    What neighbours take of the machine is not counted.
    """
    return Stopwatch(process_time)
