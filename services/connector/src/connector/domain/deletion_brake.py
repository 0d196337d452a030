"""The brake on mass deletion: a source that loses most of a calendar is doubted first.

A server restored from an old backup, a feed cut short in the middle, a wrong filter: all look like
a person who deleted everything. Believing them frees every hour of the calendar.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionBrake:
    """A loss is doubted above both `share` of what was there and `count` entries."""

    share: float = 0.5
    count: int = 10

    def stops(self, *, before: int, lost: int) -> bool:
        """Tell whether losing `lost` of `before` entries needs the owner's word."""
        return lost > self.count and lost > before * self.share
