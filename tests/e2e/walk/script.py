"""Which operations a walk makes, in which order: a matter of its seed alone."""

from collections.abc import Iterator
from random import Random

_WEIGHTS = {
    "book": 20,
    "propose": 10,
    "invite": 8,
    "confirm": 14,
    "decline": 3,
    "reschedule": 14,
    "hand over": 4,
    "cancel": 8,
    "quarrel": 4,
    "look": 3,
    "move in the calendar": 8,
    "delete in the calendar": 4,
    "retitle in the calendar": 3,
    "add a foreign event": 4,
    "remove a foreign event": 4,
    "change the feed": 2,
    "fail a mail": 5,
    "kill a service": 4,
}


def script(seed: int, steps: int) -> list[str]:
    """Return the operations by name."""
    return Random(seed).choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()), k=steps)


def chances(seed: int, steps: int) -> Iterator[Random]:
    """Yield each operation's own source of chance, whatever the others take from theirs."""
    return (Random(f"{seed}/{step}") for step in range(steps))
