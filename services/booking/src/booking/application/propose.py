"""Proposing dates, by host or guest; one date may be booked at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from entente_contracts import uuid7

from booking.application.alternatives import alternatives_to
from booking.application.change import store
from booking.application.choose_hosts import hosts_in_turn, hosts_offered
from booking.application.errors import (
    KeyInUseError,
    NotFoundError,
    SlotTakenError,
    TooManyProposalsError,
)
from booking.application.ports import Receipt
from booking.application.routes import routes_to
from booking.application.services import Services
from booking.domain.booking import Booking, Option, Transition
from booking.domain.claims import Claim, Firmness, claims_of
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.parties import BookedHost, Guest, Role
from booking.domain.proposing import Proposal, book, propose
from booking.domain.slot import Slot
from booking.domain.zone import zone_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to meet about. `starts` are aware; `at_once`: nobody has to choose."""

    meeting_type: MeetingType
    initiator: Role
    guest: Guest
    starts: tuple[datetime, ...]
    timezone: str
    title: str | None = None
    description: str | None = None
    at_once: bool = False


async def propose_booking(
    services: Services, wish: Wish, *, receipt: Receipt | None = None
) -> Booking:
    """Return the new booking: proposed, or being confirmed where one date is booked at once.

    A guest's dates must be offered; a host's must only be free of other bookings here (the last
    look still asks the calendars). Raises NotOfferedError, SlotTakenError with a reason and
    alternatives, TooManyProposalsError, AvailabilityUnavailableError.
    """
    if answered := await _answered(services, receipt):
        return answered
    zone_named("timezone", wish.timezone)
    zone_named("guest.timezone", wish.guest.timezone)
    await _refuse_a_flood(services, wish)
    try:
        booking = await _store(services, wish, receipt)
    except (KeyInUseError, SlotTakenError):
        # The same request may have run at the same time and got the time.
        if answered := await _answered(services, receipt):
            return answered
        raise
    if wish.meeting_type.mode is HostsMode.ANY:
        await services.calendars.chosen(booking.hosts[0].host_id, services.now())
    return booking


async def _answered(services: Services, receipt: Receipt | None) -> Booking | None:
    return None if receipt is None else await services.bookings.answered(receipt)


async def _store(services: Services, wish: Wish, receipt: Receipt | None) -> Booking:
    transition = await _transition(services, wish)
    try:
        await store(services.bookings, transition, step="propose", receipt=receipt)
    except SlotTakenError as taken:
        raise await _explained(services, wish, transition.after) from taken
    return transition.after


async def _refuse_a_flood(services: Services, wish: Wish) -> None:
    """Bound what one address can hold without ever answering."""
    if wish.initiator is not Role.GUEST or wish.at_once:
        return
    unanswered = await services.bookings.unanswered(wish.meeting_type.tenant_id, wish.guest.address)
    if unanswered >= services.policy.max_unanswered:
        raise TooManyProposalsError(f"{unanswered} proposals of this guest await an answer")


async def _transition(services: Services, wish: Wish) -> Transition:
    kind, now = wish.meeting_type, services.now()
    options = tuple(_option(start, kind, services.policy.uid_domain) for start in wish.starts)
    if wish.initiator is Role.GUEST:
        host_ids = await hosts_offered(services, kind, [option.slot for option in options])
    else:
        host_ids = await hosts_in_turn(services, kind)
    proposal = Proposal(
        booking_id=uuid7(),
        tenant_id=kind.tenant_id,
        initiator=wish.initiator,
        terms=kind.terms(),
        hosts=await _hosts(services, kind.tenant_id, host_ids),
        guest=wish.guest,
        options=options,
        timezone=wish.timezone,
        title=wish.title or kind.title,
        description=wish.description,
    )
    routes = await routes_to(services.calendars, host_ids)
    if wish.at_once:
        answer_by = now + services.policy.answer_within
        return book(proposal, routes=routes, answer_by=answer_by, now=now)
    expires_at = min(now + timedelta(minutes=kind.hold_minutes), max(o.slot.start for o in options))
    return propose(proposal, routes=routes, expires_at=expires_at, now=now)


async def _hosts(
    services: Services, tenant_id: str, host_ids: tuple[UUID, ...]
) -> tuple[BookedHost, ...]:
    hosts = [h for h in await services.hosts.several(tenant_id, host_ids) if h.active]
    if len(hosts) != len(host_ids):
        raise NotFoundError("a host of this meeting type cannot be booked any more")
    return tuple(host.booked() for host in hosts)


def _option(start: datetime, kind: MeetingType, uid_domain: str) -> Option:
    option_id = uuid7()
    slot = Slot(start, start + timedelta(minutes=kind.duration_minutes))
    return Option(id=option_id, uid=f"{option_id}@{uid_domain}", slot=slot)


async def _explained(services: Services, wish: Wish, booking: Booking) -> SlotTakenError:
    wanted = claims_of(booking) or tuple(
        Claim(host.host_id, option.slot, Firmness.HELD)
        for option in booking.options
        for host in booking.hosts
    )
    refusal = await services.bookings.refusal(booking.terms, wanted, but=booking.id)
    alternatives = await alternatives_to(services, booking.options[0].slot, wish.meeting_type)
    return SlotTakenError(refusal, alternatives)
