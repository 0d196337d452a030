"""Moving a meeting to another time, or to other hosts."""

from datetime import datetime
from uuid import UUID

from booking.application.alternatives import alternatives_for
from booking.application.change import change
from booking.application.choose_hosts import hosts_offered
from booking.application.errors import NotFoundError, SlotTakenError
from booking.application.ports import Receipt
from booking.application.routes import routes_to
from booking.application.services import Services
from booking.domain.booking import Booking, Transition
from booking.domain.claims import Claim, Firmness
from booking.domain.errors import RuleError, StaleRevisionError
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.parties import BookedHost, Role
from booking.domain.rescheduling import reschedule
from booking.domain.slot import Slot


async def reschedule_booking(
    services: Services,
    booking: Booking,
    start: datetime,
    *,
    by: Role,
    host_ids: tuple[UUID, ...] | None = None,
    expected: int | None = None,
    receipt: Receipt | None = None,
) -> Booking:
    """Return the booking on its way to `start` (aware), and to other hosts where given.

    The meeting keeps its length. A guest's time must be offered by its hosts; where several take
    turns, another may take it over. Raises NotOfferedError, SlotTakenError, NotFoundError,
    AvailabilityUnavailableError, and StaleRevisionError where the hosts changed meanwhile.
    """
    if receipt is not None and (answered := await services.bookings.answered(receipt)):
        return answered
    slot = Slot(start, start + (booking.agreed.end - booking.agreed.start))
    kind = await _type_of(services, booking) if by is Role.GUEST else None
    if kind is not None:
        host_ids = await hosts_offered(services, kind, [slot], moving=booking)
    hosts = await _hosts(services, booking, host_ids)
    routes = await routes_to(services.calendars, [host.host_id for host in hosts])
    now = services.now()

    def move(current: Booking) -> Transition:
        if current.host_ids != booking.host_ids:
            raise StaleRevisionError(booking.revision, current.revision)
        return reschedule(
            current.expect(expected),
            slot,
            hosts=hosts,
            routes=routes,
            answer_by=now + services.policy.answer_within,
            now=now,
        )

    try:
        moving = await change(
            services.bookings, booking.id, move, step="reschedule", receipt=receipt
        )
    except SlotTakenError as taken:
        claims = [Claim(host.host_id, slot, Firmness.BOOKED) for host in hosts]
        raise SlotTakenError(
            await services.bookings.refusal(booking.terms, claims, but=booking.id),
            await alternatives_for(services, booking, slot),
        ) from taken
    if kind is not None and kind.mode is HostsMode.ANY and hosts != booking.hosts:
        await services.calendars.chosen(hosts[0].host_id, now)
    return moving


async def _type_of(services: Services, booking: Booking) -> MeetingType:
    kind = await services.meeting_types.get(booking.tenant_id, booking.terms.meeting_type_id)
    if kind is None:
        raise NotFoundError("the meeting type is gone; ask the host for another time")
    return kind


async def _hosts(
    services: Services, booking: Booking, host_ids: tuple[UUID, ...] | None
) -> tuple[BookedHost, ...]:
    if host_ids is None or host_ids == booking.host_ids:
        return booking.hosts
    if len(set(host_ids)) != len(host_ids):
        raise RuleError("host_ids", "names each host once")
    found = await services.hosts.several(booking.tenant_id, host_ids)
    if len(found) != len(host_ids) or not all(host.active for host in found):
        raise NotFoundError("there is no such host")
    return tuple(host.booked() for host in found)
