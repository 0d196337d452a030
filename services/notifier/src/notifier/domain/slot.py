"""A time to meet."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A half-open range of time `[start, end)`; both aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse what is no range of time."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("times are aware")
        if self.end <= self.start:
            raise ValueError("a slot ends after it starts")

    def overlaps(self, other: "Slot") -> bool:
        """Tell whether they share time."""
        return self.start < other.end and other.start < self.end
