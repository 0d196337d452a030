"""Proposing dates, by host or guest; one date may be booked at once."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from entente_contracts import uuid7
from messaging.failure import TransientError

from booking.application.alternatives import alternatives_to
from booking.application.change import store
from booking.application.choose_hosts import hosts_in_turn, hosts_offered
from booking.application.errors import (
    NotFoundError,
    NotOfferedError,
    OutrunError,
    SlotTakenError,
    TooManyProposalsError,
)
from booking.application.ports import Receipt
from booking.application.roster import Roster
from booking.application.services import Services
from booking.domain.booking import Booking, Option, Transition
from booking.domain.claims import Claim, Firmness
from booking.domain.errors import BookingError
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.parties import BookedHost, Guest, Role
from booking.domain.proposing import Proposal, book, propose
from booking.domain.slot import Slot
from booking.domain.zone import zone_named

_ATTEMPTS = 5


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
    zone_named("timezone", wish.timezone)
    zone_named("guest.timezone", wish.guest.timezone)
    try:
        await _refuse_a_flood(services, wish)
        booking = await _store(services, wish, receipt)
    except (BookingError, TransientError):
        # The same request may have been carried out before: then this one cannot be, and the time
        # is not free any more. Requests that come once do not pay for the question.
        if answered := await _answered(services, receipt):
            return answered
        raise
    if wish.meeting_type.mode is HostsMode.ANY:
        await services.calendars.chosen(booking.hosts[0].host_id, services.now())
    return booking


async def _answered(services: Services, receipt: Receipt | None) -> Booking | None:
    return None if receipt is None else await services.bookings.answered(receipt)


async def _store(services: Services, wish: Wish, receipt: Receipt | None) -> Booking:
    options = _options(wish, services.policy.uid_domain)
    host_ids = await _host_ids(services, wish, options)
    outrun: set[UUID] = set()
    while True:
        try:
            return await _store_with(services, wish, options, host_ids, receipt)
        except SlotTakenError as taken:
            # Somebody was quicker with this host; where others take turns, one may still be free.
            outrun.update(host_ids)
            others = await _others_in_turn(services, wish, options, outrun)
            if others is None:
                raise await _explained(services, wish, host_ids, options) from taken
            host_ids = others


async def _store_with(
    services: Services,
    wish: Wish,
    options: tuple[Option, ...],
    host_ids: tuple[UUID, ...],
    receipt: Receipt | None,
) -> Booking:
    for _ in range(_ATTEMPTS):
        roster = await services.rosters.of(wish.meeting_type.tenant_id, host_ids)
        transition = _transition(services, wish, options, roster)
        try:
            await store(
                services.bookings, transition, step="propose", receipt=receipt, resting_on=roster
            )
        except OutrunError:
            services.rosters.forget(roster)
        else:
            return transition.after
    raise OutrunError(f"the hosts' calendars changed {_ATTEMPTS} times meanwhile")


async def _refuse_a_flood(services: Services, wish: Wish) -> None:
    """Bound what one address can hold without ever answering."""
    if wish.initiator is not Role.GUEST or wish.at_once:
        return
    unanswered = await services.bookings.unanswered(wish.meeting_type.tenant_id, wish.guest.address)
    if unanswered >= services.policy.max_unanswered:
        raise TooManyProposalsError(f"{unanswered} proposals of this guest await an answer")


async def _host_ids(
    services: Services, wish: Wish, options: Sequence[Option], *, but: Collection[UUID] = ()
) -> tuple[UUID, ...]:
    if wish.initiator is not Role.GUEST:
        return await hosts_in_turn(services, wish.meeting_type)
    slots = [option.slot for option in options]
    return await hosts_offered(services, wish.meeting_type, slots, but=but)


async def _others_in_turn(
    services: Services, wish: Wish, options: Sequence[Option], outrun: Collection[UUID]
) -> tuple[UUID, ...] | None:
    if wish.initiator is not Role.GUEST or wish.meeting_type.mode is not HostsMode.ANY:
        return None
    with suppress(NotOfferedError):
        return await _host_ids(services, wish, options, but=outrun)
    return None


def _transition(
    services: Services, wish: Wish, options: tuple[Option, ...], roster: Roster
) -> Transition:
    kind, now = wish.meeting_type, services.now()
    proposal = Proposal(
        booking_id=uuid7(),
        tenant_id=kind.tenant_id,
        initiator=wish.initiator,
        terms=kind.terms(),
        hosts=_bookable(roster),
        guest=wish.guest,
        options=options,
        timezone=wish.timezone,
        title=wish.title or kind.title,
        description=wish.description,
    )
    if wish.at_once:
        answer_by = now + services.policy.answer_within
        return book(proposal, routes=roster.routes, answer_by=answer_by, now=now)
    expires_at = min(now + timedelta(minutes=kind.hold_minutes), max(o.slot.start for o in options))
    return propose(proposal, routes=roster.routes, expires_at=expires_at, now=now)


def _bookable(roster: Roster) -> tuple[BookedHost, ...]:
    if not roster.is_bookable:
        raise NotFoundError("a host of this meeting type cannot be booked any more")
    return tuple(host.booked() for host in roster.hosts)


def _options(wish: Wish, uid_domain: str) -> tuple[Option, ...]:
    length = timedelta(minutes=wish.meeting_type.duration_minutes)
    return tuple(
        Option(id=option_id, uid=f"{option_id}@{uid_domain}", slot=Slot(start, start + length))
        for start in wish.starts
        for option_id in [uuid7()]
    )


async def _explained(
    services: Services, wish: Wish, host_ids: Sequence[UUID], options: Sequence[Option]
) -> SlotTakenError:
    wanted = [
        Claim(host_id, option.slot, Firmness.HELD) for option in options for host_id in host_ids
    ]
    refusal = await services.bookings.refusal(wish.meeting_type.terms(), wanted)
    alternatives = await alternatives_to(services, options[0].slot, wish.meeting_type)
    return SlotTakenError(refusal, alternatives)
