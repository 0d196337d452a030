"""What a walk did, and what it was told."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from bookable import Party


@dataclass
class Known:
    """A booking as the walk last heard of it."""

    id: str
    guest: str
    offer: str
    initiator: Party
    seen: Any

    @property
    def status(self) -> str:
        return str(self.seen["status"])


@dataclass(frozen=True)
class Deed:
    """One operation, from its beginning to its last answer."""

    number: int
    began: datetime
    ended: datetime
    what: str
    outcome: str
    booking: str | None = None


@dataclass(frozen=True)
class Asked:
    """A wish for a booking: the guest is nobody else's; `booking` is None when it was refused."""

    guest: str
    booking: str | None
    outcome: str


@dataclass
class History:
    """Grows with the walk.

    `faults` are answers that nobody should ever get; `fed` is what the read-only calendar holds.
    """

    deeds: list[Deed] = field(default_factory=list[Deed])
    known: list[Known] = field(default_factory=list[Known])
    asked: list[Asked] = field(default_factory=list[Asked])
    kills: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])
    refused_guests: set[str] = field(default_factory=set[str])
    faults: list[str] = field(default_factory=list[str])
    fed: list[datetime] = field(default_factory=list[datetime])

    def pick(self, chance: Random, fits: Callable[[Known], bool] = lambda _: True) -> Known | None:
        """Return a booking, as a rule one of the latest that fits as far as is known."""
        fitting = [known for known in self.known if fits(known)]
        choice: Sequence[Known] = fitting[-12:] if chance.random() < 0.7 else fitting
        if not choice or chance.random() < 0.05:
            choice = self.known
        return chance.choice(choice) if choice else None

    def summary(self) -> str:
        """Return how often each operation ended how."""
        ends = Counter(f"{deed.what}: {deed.outcome.split(': ')[-1]}" for deed in self.deeds)
        return "\n".join(f"{times:5} {end}" for end, times in sorted(ends.items()))

    def killed(self, service: str) -> None:
        """Note that a service was killed just now."""
        self.kills.append((datetime.now(UTC), service))
