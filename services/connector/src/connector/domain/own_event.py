"""An entry of ours as a calendar shows it, and what somebody did to it there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.domain.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEvent:
    """A VEVENT with one of our UIDs; of one that was made to recur, the first instance.

    Times are in UTC, or dates with `end` excluded. `start` is None where it cannot be read,
    `revision` where the tag was dropped.
    """

    uid: str
    booking_id: UUID
    revision: int | None
    sequence: int
    start: datetime | date | None
    end: datetime | date | None
    cancelled: bool

    def window(self, known: Window, zone: str) -> Window | None:
        """Return when it takes place, given when it is known to; None where it does not say.

        An event made all-day keeps its time of day in `zone` (IANA), on the date it was given: the
        meeting does not last all day. In a zone that is not known here it does not say. One without
        length keeps its length.
        """
        length = known.end - known.start
        if isinstance(self.start, datetime):
            ends = isinstance(self.end, datetime) and self.end > self.start
            end = self.end if ends and isinstance(self.end, datetime) else self.start + length
            return Window(self.start, end)
        if self.start is None:
            return None
        try:
            wall = known.start.astimezone(ZoneInfo(zone))
        except ZoneInfoNotFoundError:
            return None
        last = self.end - timedelta(days=1) if self.end else self.start
        if self.start <= wall.date() <= last:
            return known
        begin = datetime.combine(self.start, time(), wall.tzinfo).replace(
            hour=wall.hour, minute=wall.minute
        )
        return Window(begin.astimezone(UTC), begin.astimezone(UTC) + length)
