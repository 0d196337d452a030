"""Which hosts meet the guest, and whether they are offered at that time."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from booking.application.alternatives import alternatives_to
from booking.application.errors import NotOfferedError
from booking.application.ports import Search
from booking.application.searching import search_in
from booking.application.services import Services
from booking.domain.booking import Booking, Refusal
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.queue import Skipped, next_in_turn
from booking.domain.slot import Slot

_ONE_START = timedelta(minutes=1)


async def hosts_offered(
    services: Services,
    meeting_type: MeetingType,
    slots: Sequence[Slot],
    *,
    moving: Booking | None = None,
    but: Collection[UUID] = (),
) -> tuple[UUID, ...]:
    """Return who meets a guest that wants these slots, all by the rules of the meeting type.

    Of several hosts who take turns, it is the next who is free at all of them, and none of `but`;
    a booking that is `moving` keeps its host if it can. Raises NotOfferedError with the reason, or
    AvailabilityUnavailableError: unknown is never free.
    """
    everybody = search_in(slots[0], meeting_type, moving).host_ids
    free = set(everybody)
    for slot in slots:
        search = search_in(Slot(slot.start, slot.start + _ONE_START), meeting_type, moving)
        offered = [f for f in await services.free_slots.find(search) if f.slot == slot]
        if not offered:
            await _refuse(services, search, slot, moving)
        free &= {host_id for one in offered for host_id in one.host_ids}
    if meeting_type.mode is not HostsMode.ANY:
        return everybody
    if moving is not None and free.issuperset(moving.host_ids):
        return moving.host_ids
    chosen = next_in_turn(await services.calendars.queue(meeting_type.tenant_id), free - set(but))
    if chosen is None:
        raise NotOfferedError(Refusal(reason=Skipped.NOT_IN_QUEUE.value))
    return (chosen,)


async def hosts_in_turn(services: Services, meeting_type: MeetingType) -> tuple[UUID, ...]:
    """Return who meets a guest whom the hosts' side invites: rules bind guests, not hosts."""
    if meeting_type.mode is not HostsMode.ANY:
        return meeting_type.host_ids
    queue = await services.calendars.queue(meeting_type.tenant_id)
    chosen = next_in_turn(queue, meeting_type.host_ids)
    return (chosen,) if chosen is not None else meeting_type.host_ids[:1]


async def _refuse(services: Services, search: Search, slot: Slot, moving: Booking | None) -> None:
    refusal = await services.free_slots.why_not(search)
    alternatives = await alternatives_to(services, slot, search.meeting_type, moving=moving)
    raise NotOfferedError(refusal, alternatives)
