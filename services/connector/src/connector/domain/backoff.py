"""How long to wait before something is tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Waits that double from `first` up to `longest`.

    `jitter` is the share of each wait that is left to chance, so that retries do not march in step.
    `longest_asked` bounds what a server may ask for.
    """

    first: timedelta
    longest: timedelta
    jitter: float = 0.1
    longest_asked: timedelta = timedelta(days=1)

    def wait(
        self, failures: int, retry_after: timedelta | None, chance: Callable[[], float]
    ) -> timedelta:
        """Return the wait after the n-th failure in a row, never below what the server asked for.

        `chance` gives numbers in [0, 1).
        """
        doubled = self.first * 2 ** min(failures - 1, 16)
        wait = jittered(min(doubled, self.longest), self.jitter, chance)
        return max(wait, min(retry_after or timedelta(), self.longest_asked))


def jittered(wait: timedelta, jitter: float, chance: Callable[[], float]) -> timedelta:
    """Return a wait up to a share of `jitter` shorter or longer."""
    return wait * (1 + jitter * (2 * chance() - 1))
