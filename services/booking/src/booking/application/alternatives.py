"""What could be had instead of a time that cannot."""

from datetime import timedelta

from booking.application.errors import AvailabilityUnavailableError
from booking.application.searching import search_in
from booking.application.services import Services
from booking.domain.booking import Booking
from booking.domain.meeting_type import MeetingType
from booking.domain.slot import Slot

_MOST = 5
_AHEAD = timedelta(days=14)


async def alternatives_to(
    services: Services,
    slot: Slot,
    meeting_type: MeetingType | None,
    *,
    moving: Booking | None = None,
    found_busy: Slot | None = None,
) -> tuple[Slot, ...]:
    """Return the first free slots from `slot` on; none when availability cannot tell.

    `moving` is a booking that could move there, `found_busy` is time that availability has not
    heard of yet. They are a courtesy: an answer is not held up or failed for them.
    """
    if meeting_type is None or not meeting_type.active:
        return ()
    start = max(slot.start, services.now())
    search = search_in(Slot(start, start + _AHEAD), meeting_type, moving)
    try:
        found = await services.free_slots.find(search)
    except AvailabilityUnavailableError:
        return ()
    taken = [slot] if found_busy is None else [slot, found_busy]
    return tuple(free.slot for free in found if not any(map(free.slot.overlaps, taken)))[:_MOST]


async def alternatives_for(services: Services, booking: Booking, slot: Slot) -> tuple[Slot, ...]:
    """Return what its hosts could offer a booking instead of `slot`."""
    busy = booking.refusal.found_busy if booking.refusal else None
    meeting_type = await services.meeting_types.get(
        booking.tenant_id, booking.terms.meeting_type_id
    )
    return await alternatives_to(
        services,
        slot,
        meeting_type,
        moving=booking,
        found_busy=booking.terms.barred_by(busy) if busy else None,
    )
