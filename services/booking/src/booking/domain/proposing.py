"""Proposing dates, and booking one at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from booking.domain.booking import Booking, Fact, Option, Status, Transition, commands_of
from booking.domain.calendar import Route
from booking.domain.confirming import begin_confirming
from booking.domain.entry import Entry, Wanted
from booking.domain.errors import PastError, RuleError
from booking.domain.parties import BookedHost, Guest, Role
from booking.domain.slot import Slot
from booking.domain.terms import Terms

MAX_OPTIONS = 20

Routes = Mapping[UUID, Route]
"""How an entry reaches each host, by host id; a host without calendars has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed to whom. `timezone` is the zone in which the dates are agreed."""

    booking_id: UUID
    tenant_id: str
    initiator: Role
    terms: Terms
    hosts: tuple[BookedHost, ...]
    guest: Guest
    options: tuple[Option, ...]
    timezone: str
    title: str
    description: str | None = None

    def __post_init__(self) -> None:
        """Refuse dates that contradict each other or the terms."""
        slots = [option.slot for option in self.options]
        if not 1 <= len(slots) <= MAX_OPTIONS:
            raise RuleError("options", f"1 to {MAX_OPTIONS} dates can be proposed")
        if _overlapping([self.terms.occupied(slot) for slot in slots]):
            raise RuleError("options", "proposed dates do not overlap, buffers included")


def propose(
    proposal: Proposal, *, routes: Routes, expires_at: datetime, now: datetime
) -> Transition:
    """Propose dates to the other side, who may choose one until `expires_at`.

    Calendars that take tentative entries get one per date while the dates are held.
    Raises PastError.
    """
    booking = _booking(proposal, now, expires_at, _tentative(proposal, routes))
    return Transition(after=booking, before=None, fact=Fact.PROPOSED, commands=commands_of(booking))


def book(proposal: Proposal, *, routes: Routes, answer_by: datetime, now: datetime) -> Transition:
    """Propose one date and choose it in the same transition. Raises PastError."""
    if len(proposal.options) != 1:
        raise RuleError("options", "one date can be booked at once")
    proposed = _booking(proposal, now, answer_by, ())
    after, fact = begin_confirming(
        proposed, proposal.options[0], routes=routes, answer_by=answer_by, revision=1
    )
    return Transition(after=after, before=None, fact=fact, commands=commands_of(after))


def _booking(
    proposal: Proposal, now: datetime, expires_at: datetime, entries: tuple[Entry, ...]
) -> Booking:
    if any(option.slot.start <= now for option in proposal.options):
        raise PastError("a proposed date lies in the past")
    return Booking(
        id=proposal.booking_id,
        tenant_id=proposal.tenant_id,
        revision=1,
        status=Status.PROPOSED,
        initiator=proposal.initiator,
        terms=proposal.terms,
        hosts=proposal.hosts,
        guest=proposal.guest,
        options=proposal.options,
        timezone=proposal.timezone,
        uid=proposal.options[0].uid,
        title=proposal.title,
        description=proposal.description,
        entries=entries,
        expires_at=expires_at,
        wake_at=expires_at,
        changed_at=now,
    )


def _tentative(proposal: Proposal, routes: Routes) -> tuple[Entry, ...]:
    if not proposal.terms.holds:
        return ()
    return tuple(
        Entry(
            host_id=host.host_id,
            calendar_id=route.calendar_id,
            uid=option.uid,
            by_mail=False,
            looked_at=(),
            wanted=Wanted.TENTATIVE,
            revision=1,
            option_id=option.id,
        )
        for option in proposal.options
        for host in proposal.hosts
        if (route := routes.get(host.host_id)) is not None and route.holds
    )


def _overlapping(slots: Sequence[Slot]) -> bool:
    ordered = sorted(slots)
    return any(a.overlaps(b) for a, b in pairwise(ordered))
