"""What the last look at a calendar finds in the way of a booking."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from connector.domain.busy_state import BusyState
from connector.domain.month_picture import Busy, BusyTime
from connector.domain.window import Window


class LookReason(StrEnum):
    """Why the last look refuses a time; the values are those of the public contract."""

    BUSY_EXTERNAL = "busy_external"
    ALL_DAY_POLICY = "all_day_policy"
    BUFFER = "buffer"
    """The meeting itself fits, the time to be kept free around it does not."""
    SOURCE_UNAVAILABLE = "source_unavailable"
    """A calendar cannot say whether the time is free, and no retry will make it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """An occurrence in the way, in UTC; `occurrence_id` is opaque."""

    calendar_id: UUID
    start: datetime
    end: datetime
    occurrence_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRefusal:
    """The answer of a last look that did not find the time free."""

    reason: LookReason
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def calendar_ids(self) -> frozenset[UUID]:
        """The calendars that are not free."""
        return frozenset(obstacle.calendar_id for obstacle in self.obstacles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What has to be free: the meeting, and around it the buffers.

    All-day occurrences are taken on the dates of `zone` (IANA), the host's. Entries of `ours` do
    not count: bookings do not overlap each other, their claims see to that.
    """

    window: Window
    meeting: Window
    zone: str
    ours: Collection[UUID]

    def refusal(self, calendar_id: UUID, busy: Iterable[Busy]) -> LookRefusal | None:
        """Return why the time cannot be had, None where it is free."""
        found = tuple(self._in_the_way(calendar_id, busy))
        if not found:
            return None
        reasons = [reason for reason, _ in found]
        reason = min(reasons, key=list(LookReason).index)
        return LookRefusal(reason=reason, obstacles=tuple(obstacle for _, obstacle in found))

    def _in_the_way(
        self, calendar_id: UUID, busy: Iterable[Busy]
    ) -> Iterator[tuple[LookReason, Obstacle]]:
        for one in busy:
            if one.state is BusyState.FREE or one.booking_id in self.ours:
                continue
            timed = isinstance(one, BusyTime)
            start, end = (
                (one.start, one.end)
                if timed
                else (self._midnight(one.start_date), self._midnight(one.end_date))
            )
            if start >= end or not self.window.covers(start, end):
                continue
            reason = LookReason.BUSY_EXTERNAL if timed else LookReason.ALL_DAY_POLICY
            if not self.meeting.covers(start, end):
                reason = LookReason.BUFFER
            yield (
                reason,
                Obstacle(calendar_id=calendar_id, start=start, end=end, occurrence_id=one.id),
            )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)
