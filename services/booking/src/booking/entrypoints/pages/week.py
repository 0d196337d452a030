"""Free times as a reader browses them: seven days at a time, on the reader's clock."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.application.services import Services
from booking.domain.booking import Booking
from booking.domain.meeting_type import MeetingType
from booking.entrypoints.http.models import SlotOut
from booking.entrypoints.http.offered import offered_slots
from booking.entrypoints.pages.reader import Reader

_WEEK = timedelta(days=7)
_FARTHEST = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its free slots in order."""

    date: date
    slots: tuple[SlotOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days from `first` on.

    `earlier` and `later` are where the neighbours begin, None where nothing can be had any more;
    `next_free` is the first later day with a free slot, looked for where the week has none.
    """

    first: date
    days: tuple[Day, ...]
    earlier: date | None
    later: date | None
    next_free: date | None = None

    @property
    def last(self) -> date:
        """The last of the days."""
        return self.first + _WEEK - timedelta(days=1)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is free."""
        return not any(day.slots for day in self.days)


async def week_of(
    services: Services,
    kind: MeetingType,
    reader: Reader,
    wanted: str | None,
    *,
    moving: Booking | None = None,
) -> Week:
    """Return the week that begins on the day `wanted` (ISO 8601), today at the earliest.

    `moving` is the booking that is to move. Raises AvailabilityUnavailableError.
    """
    today = services.now().astimezone(reader.zone).date()
    horizon = today + timedelta(days=kind.horizon_days)
    first = min(max(_day(wanted) or today, today), horizon)
    end = first + _WEEK

    async def free(since: date, until: date) -> Sequence[SlotOut]:
        window = _midnight(since, reader.zone), _midnight(until, reader.zone)
        return await offered_slots(services, kind, *window, moving=moving)

    slots = await free(first, end)
    days: dict[date, list[SlotOut]] = defaultdict(list)
    for slot in slots:
        days[slot.start.astimezone(reader.zone).date()].append(slot)
    next_free = None
    if not slots and end <= horizon:
        farthest = min(horizon + timedelta(days=1), end + _FARTHEST)
        found = await free(end, farthest)
        next_free = found[0].start.astimezone(reader.zone).date() if found else None
    return Week(
        first=first,
        days=tuple(
            Day(day, tuple(days[day])) for day in (first + timedelta(days=n) for n in range(7))
        ),
        earlier=max(first - _WEEK, today) if first > today else None,
        later=end if end <= horizon else None,
        next_free=next_free,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
