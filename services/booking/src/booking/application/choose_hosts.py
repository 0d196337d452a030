"""Which hosts meet the guest, and whether they are offered at that time."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from booking.application.alternatives import alternatives_to
from booking.application.errors import NotOfferedError
from booking.application.ports import Search
from booking.application.services import Services
from booking.domain.booking import Refusal
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.queue import Skipped, next_in_turn
from booking.domain.slot import Slot

_ONE_START = timedelta(minutes=1)


async def hosts_offered(
    services: Services,
    meeting_type: MeetingType,
    slots: Sequence[Slot],
    *,
    ignoring: UUID | None = None,
) -> tuple[UUID, ...]:
    """Return who meets a guest that wants these slots, all by the rules of the meeting type.

    Of several hosts who take turns, it is the next who is free at all of them. Raises
    NotOfferedError with the reason, or AvailabilityUnavailableError: unknown is never free.
    """
    free = set(meeting_type.host_ids)
    for slot in slots:
        search = Search(
            meeting_type=meeting_type,
            host_ids=meeting_type.host_ids,
            window=Slot(slot.start, slot.start + _ONE_START),
            ignoring=ignoring,
        )
        offered = [f for f in await services.free_slots.find(search) if f.slot == slot]
        if not offered:
            await _refuse(services, search, slot)
        if meeting_type.mode is HostsMode.ANY:
            free &= {host_id for one in offered for host_id in one.host_ids}
    if meeting_type.mode is not HostsMode.ANY:
        return meeting_type.host_ids
    chosen = next_in_turn(await services.calendars.queue(meeting_type.tenant_id), free)
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


async def _refuse(services: Services, search: Search, slot: Slot) -> None:
    refusal = await services.free_slots.why_not(search)
    alternatives = await alternatives_to(
        services, slot, search.meeting_type, ignoring=search.ignoring
    )
    raise NotOfferedError(refusal, alternatives)
