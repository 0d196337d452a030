"""Proposing dates, and booking one at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from booking.domain.booking import Booking, Fact, Option, Status, Transition, commands_of
from booking.domain.calendar import Route
from booking.domain.confirming import choice, known_at_once, meeting_entries
from booking.domain.entry import Entry, Wanted
from booking.domain.errors import PastError, RuleError
from booking.domain.parties import BookedHost, Guest, Role
from booking.domain.slot import Slot
from booking.domain.terms import Terms

MAX_OPTIONS = 20
MAX_CLAIMS = 200
"""As many dates of hosts as an announcement has room for."""

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
            raise RuleError("starts", f"1 to {MAX_OPTIONS} dates can be proposed")
        if len(slots) * len(self.hosts) > MAX_CLAIMS:
            most = MAX_CLAIMS // len(self.hosts)
            raise RuleError("starts", f"with {len(self.hosts)} hosts, at most {most} dates")
        if len(slots) > 1 and _overlapping([self.terms.occupied(slot) for slot in slots]):
            raise RuleError("starts", "proposed dates do not overlap, buffers included")


def propose(
    proposal: Proposal, *, routes: Routes, expires_at: datetime, now: datetime
) -> Transition:
    """Propose dates to the other side, who may choose one until `expires_at`.

    Calendars that take tentative entries get one per date while the dates are held.
    Raises PastError.
    """
    booking = _booking(
        proposal,
        now,
        status=Status.PROPOSED,
        hosts=proposal.hosts,
        uid=proposal.options[0].uid,
        entries=_tentative(proposal, routes),
        expires_at=expires_at,
        wake_at=expires_at,
    )
    return Transition(after=booking, before=None, fact=Fact.PROPOSED, commands=commands_of(booking))


def book(proposal: Proposal, *, routes: Routes, answer_by: datetime, now: datetime) -> Transition:
    """Propose one date and choose it in the same transition. Raises PastError."""
    if len(proposal.options) != 1:
        raise RuleError("starts", "one date can be booked at once")
    option, hosts = proposal.options[0], proposal.hosts
    entries = tuple(meeting_entries(hosts, routes, option.uid, revision=1))
    chosen = choice(option, hosts, entries, routes=routes, answer_by=answer_by)
    after = _booking(proposal, now, **chosen)
    return Transition(
        after=after, before=None, fact=known_at_once(after), commands=commands_of(after)
    )


def _booking(proposal: Proposal, now: datetime, **state: Any) -> Booking:
    if any(option.slot.start <= now for option in proposal.options):
        raise PastError("a proposed date lies in the past")
    return Booking(
        id=proposal.booking_id,
        tenant_id=proposal.tenant_id,
        revision=1,
        initiator=proposal.initiator,
        terms=proposal.terms,
        guest=proposal.guest,
        options=proposal.options,
        timezone=proposal.timezone,
        title=proposal.title,
        description=proposal.description,
        changed_at=now,
        **state,
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
