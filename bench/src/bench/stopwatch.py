"""Measures how long something takes."""

from time import perf_counter


class Stopwatch:
    """Runs from its making; times are wall-clock seconds."""

    def __init__(self) -> None:
        self._started = perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return perf_counter() - self._started
