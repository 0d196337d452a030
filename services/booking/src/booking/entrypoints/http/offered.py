"""The slots a meeting type offers, as shown."""

from datetime import datetime, timedelta

from booking.application.searching import search_in
from booking.application.services import Services
from booking.domain.booking import Booking
from booking.domain.meeting_type import MeetingType
from booking.entrypoints.http.models import SlotOut
from booking.entrypoints.http.moments import window_of

_LONGEST = timedelta(days=62)


async def offered_slots(
    services: Services,
    kind: MeetingType,
    start: datetime,
    end: datetime,
    *,
    moving: Booking | None = None,
) -> list[SlotOut]:
    """Return the free slots that start in `[start, end)`, 62 days at most.

    `moving` is the booking that is to move. Raises AvailabilityUnavailableError.
    """
    search = search_in(window_of(start, end, _LONGEST), kind, moving)
    return [SlotOut.of(free.slot) for free in await services.free_slots.find(search)]
