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
from booking.domain.booking import Booking
from booking.domain.claims import Claim, Firmness
from booking.domain.meeting_type import HostsMode
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

    The meeting keeps its length. A guest's time must be offered, by hosts who may then change
    where several take turns. Raises NotOfferedError, SlotTakenError, NotFoundError,
    AvailabilityUnavailableError.
    """
    if receipt is not None and (answered := await services.bookings.answered(receipt)):
        return answered
    slot = Slot(start, start + (booking.agreed.end - booking.agreed.start))
    if by is Role.GUEST:
        host_ids = await _offered(services, booking, slot)
    hosts = await _hosts(services, booking, host_ids)
    routes = await routes_to(services.calendars, [host.host_id for host in hosts])
    now = services.now()
    try:
        return await change(
            services.bookings,
            booking.id,
            lambda current: reschedule(
                current.expect(expected),
                slot,
                hosts=hosts,
                routes=routes,
                answer_by=now + services.policy.answer_within,
                now=now,
            ),
            step="reschedule",
            receipt=receipt,
        )
    except SlotTakenError as taken:
        claims = [Claim(host.host_id, slot, Firmness.BOOKED) for host in hosts]
        raise SlotTakenError(
            await services.bookings.refusal(booking.terms, claims, but=booking.id),
            await alternatives_for(services, booking, slot),
        ) from taken


async def _offered(services: Services, booking: Booking, slot: Slot) -> tuple[UUID, ...] | None:
    """Return who would meet the guest then: the present hosts where they can."""
    kind = await services.meeting_types.get(booking.tenant_id, booking.terms.meeting_type_id)
    if kind is None:
        raise NotFoundError("the meeting type is gone; ask the host for another time")
    offered = await hosts_offered(services, kind, [slot], ignoring=booking.id)
    return None if kind.mode is not HostsMode.ANY else offered


async def _hosts(
    services: Services, booking: Booking, host_ids: tuple[UUID, ...] | None
) -> tuple[BookedHost, ...]:
    if host_ids is None:
        return booking.hosts
    found = await services.hosts.several(booking.tenant_id, host_ids)
    if len(found) != len(host_ids) or not all(host.active for host in found):
        raise NotFoundError("there is no such host")
    return tuple(host.booked() for host in found)
