"""The months a calendar is read for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from connector.domain.month import Month
from connector.domain.window import Window

_MONTHS_BACK = 1
_MONTHS_AHEAD = 13
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Horizon:
    """Consecutive UTC months, both ends included."""

    first: Month
    last: Month

    @classmethod
    def at(cls, now: datetime) -> Self:
        """Return what is read at an aware moment: last month to thirteen months ahead."""
        current = Month.holding(now.astimezone(UTC))
        return cls(_shifted(current, -_MONTHS_BACK), _shifted(current, _MONTHS_AHEAD))

    @property
    def window(self) -> Window:
        """The stretch of time the months cover."""
        return Window(self.first.start, self.last.end)


def _shifted(month: Month, by: int) -> Month:
    years, index = divmod(month.year * _MONTHS + month.month - 1 + by, _MONTHS)
    return Month(years, index + 1)
