"""A stretch of time in which a meeting takes place or could."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.domain.errors import RuleError


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A half-open range of time `[start, end)`, never empty; both ends are aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse naive times and what ends before it starts."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise RuleError("slot", "times carry their zone")
        if self.end <= self.start:
            raise RuleError("slot", "ends after it starts")

    def overlaps(self, other: "Slot") -> bool:
        """Tell whether the two share a moment; adjacent ones do not."""
        return self.start < other.end and other.start < self.end

    def widened(self, before: timedelta, after: timedelta) -> "Slot":
        """Return the slot with the time around it."""
        return Slot(self.start - before, self.end + after)
