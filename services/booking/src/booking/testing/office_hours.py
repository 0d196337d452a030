"""Free slots as an office would have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.application.errors import AvailabilityUnavailableError
from booking.application.ports import FreeSlot, Search
from booking.domain.booking import Refusal
from booking.domain.slot import Slot
from booking.testing.lives import NOW

_ZONE = ZoneInfo("Europe/Ljubljana")
_SATURDAY = 5
_STEP = timedelta(minutes=30)
_DAY = timedelta(days=1)
_HOURS = ((time(9), time(12)), (time(13), time(16)))


@dataclass
class OfficeHours:
    """Offers every half hour of working days from `closed_until` on; nothing if `silent`."""

    silent: bool = False
    closed_until: datetime = NOW + timedelta(hours=1)

    async def find(self, search: Search) -> Sequence[FreeSlot]:
        """Return the slots that start within the window."""
        if self.silent:
            raise AvailabilityUnavailableError
        length = timedelta(minutes=search.meeting_type.duration_minutes)
        return [
            FreeSlot(slot=Slot(start, start + length), host_ids=search.host_ids)
            for start in self._starts(search.window)
            if start >= self.closed_until
        ]

    async def why_not(self, search: Search) -> Refusal:
        """Return that it is too soon, or that something else is there."""
        too_soon = search.window.start < self.closed_until
        return Refusal(reason="too_soon" if too_soon else "busy_external")

    def _starts(self, window: Slot) -> Sequence[datetime]:
        day = window.start.astimezone(_ZONE).date()
        found: list[datetime] = []
        while day <= window.end.astimezone(_ZONE).date():
            for opens, closes in _HOURS if day.weekday() < _SATURDAY else ():
                start = datetime.combine(day, opens, _ZONE).astimezone(UTC)
                while start < datetime.combine(day, closes, _ZONE):
                    found.append(start)
                    start += _STEP
            day += _DAY
        return [start for start in found if window.start <= start < window.end]
