"""The slots a meeting type offers, as shown."""

from datetime import datetime, timedelta
from uuid import UUID

from booking.application.ports import Search
from booking.application.services import Services
from booking.domain.meeting_type import MeetingType
from booking.domain.slot import Slot
from booking.entrypoints.http.models import SlotOut

_LONGEST = timedelta(days=62)


async def offered_slots(
    services: Services,
    kind: MeetingType,
    start: datetime,
    end: datetime,
    *,
    ignoring: UUID | None = None,
) -> list[SlotOut]:
    """Return the free slots that start in `[start, end)`, 62 days at most.

    `ignoring` is the booking that is to move. Raises AvailabilityUnavailableError.
    """
    search = Search(
        meeting_type=kind,
        host_ids=kind.host_ids,
        window=Slot(start, min(end, start + _LONGEST)),
        ignoring=ignoring,
    )
    return [SlotOut.of(free.slot) for free in await services.free_slots.find(search)]
