"""The booking: aggregate and saga state in one.

    proposed → confirming → confirmed → cancelled
       ├→ declined, expired, superseded, cancelled
       └→ recorded_only (no host has a calendar) → cancelled
    confirming → declined (the last look found the time taken)

A reschedule is an overlay (`move`) on confirmed. Verbs live in `proposing`, `confirming`,
`answers`, `rescheduling` and `ending`; each takes a booking and returns a `Transition`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from booking.domain.entry import Entry, Known
from booking.domain.errors import (
    AlreadyEndedError,
    IllegalTransitionError,
    RuleError,
    StaleRevisionError,
    UnknownOptionError,
)
from booking.domain.parties import BookedHost, Guest, Role
from booking.domain.slot import Slot
from booking.domain.terms import Terms


class Status(StrEnum):
    """Where a booking is in its life."""

    PROPOSED = "proposed"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    RECORDED_ONLY = "recorded_only"


ENDED = frozenset({Status.CANCELLED, Status.DECLINED, Status.EXPIRED, Status.SUPERSEDED})
STANDING = frozenset({Status.CONFIRMED, Status.RECORDED_ONLY})
AGREED = STANDING | {Status.CONFIRMING}
"""A date is chosen."""


class Canceller(StrEnum):
    """Who ended a booking; `calendar` is a deletion in the provider's own app."""

    HOST = "host"
    GUEST = "guest"
    CALENDAR = "calendar"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A proposed date; `uid` becomes the meeting's if it is chosen (RFC 5545 §3.8.4.7)."""

    id: UUID
    uid: str
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A time with the hosts who meet then: where a booking moves to, or has just left."""

    slot: Slot
    hosts: tuple[BookedHost, ...]

    def __post_init__(self) -> None:
        """Refuse a move that no hosts could make."""
        _require_each_once(self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Who cancelled, and why."""

    by: Canceller
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a date could not be had: a reason code, and the calendar in the way if one is.

    `found_busy` is what the last look found there.
    """

    reason: str
    calendar_id: UUID | None = None
    found_busy: Slot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking between two transitions; it is valid at all times.

    `revision` grows by one with each transition, `sequence` with every change the parties are
    told of (RFC 5546 §2.1.4). `uid` is that of the first option until one is chosen, then that
    of the chosen one for good. `move` is where a reschedule is going, `vacated` the times it left
    where entries may still stand in a calendar: all are claimed. `wake_at` is when the saga has to
    act by itself because nobody else did.
    """

    id: UUID
    tenant_id: str
    revision: int
    status: Status
    initiator: Role
    terms: Terms
    hosts: tuple[BookedHost, ...]
    guest: Guest
    options: tuple[Option, ...]
    timezone: str
    uid: str
    title: str
    changed_at: datetime
    sequence: int = 0
    slot: Slot | None = None
    move: Move | None = None
    vacated: tuple[Move, ...] = ()
    previous_slot: Slot | None = None
    description: str | None = None
    conference_url: str | None = None
    entries: tuple[Entry, ...] = ()
    expires_at: datetime | None = None
    wake_at: datetime | None = None
    cancellation: Cancellation | None = None
    refusal: Refusal | None = None
    alternatives: tuple[Slot, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a booking that cannot be."""
        _require_each_once(self.hosts)
        if not self.options:
            raise RuleError("options", "at least one date is proposed")
        if self.revision < 1 or self.sequence < 0:
            raise RuleError("revision", "counts from 1, sequence from 0")
        if (self.status is Status.PROPOSED) and (self.slot or not self.expires_at):
            raise RuleError("status", "a proposal expires, and no date is chosen yet")
        if self.slot is None and self.status in AGREED:
            raise RuleError("slot", f"a booking that is {self.status} has a time")
        if self.move and self.status not in STANDING:
            raise RuleError("move", "only a meeting that stands can move")

    @property
    def host_ids(self) -> tuple[UUID, ...]:
        """Who meets the guest."""
        return tuple(host.host_id for host in self.hosts)

    @property
    def agreed(self) -> Slot:
        """The agreed time; raises IllegalTransitionError where there is none."""
        if self.slot is None:
            raise IllegalTransitionError("look up the time of", self.status)
        return self.slot

    def is_over(self, now: datetime) -> bool:
        """Tell whether the meeting's time has passed, and that of its reschedule if it has one."""
        if self.status not in AGREED:
            return False
        slots = (self.agreed, self.move.slot) if self.move else (self.agreed,)
        return all(slot.end <= now for slot in slots)

    @property
    def awaits_entries(self) -> bool:
        """Whether a calendar has not yet answered about the meeting's entry."""
        return any(entry.is_awaited for entry in self.entries)

    @property
    def known_entry(self) -> Known | None:
        """What is known of the meeting's entries taken together; None when there are none."""
        known = {entry.known for entry in self.entries if entry.is_meeting}
        for state in (Known.PENDING, Known.FAILED, Known.BY_MAIL, Known.WRITTEN):
            if state in known:
                return state
        return None

    def option(self, option_id: UUID) -> Option:
        """Return the proposed date; raises UnknownOptionError."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise UnknownOptionError(f"no proposed date has the id {option_id}")

    def expect(self, revision: int | None) -> "Booking":
        """Return the booking if it is at this revision; raises StaleRevisionError."""
        if revision is not None and revision != self.revision:
            raise StaleRevisionError(revision, self.revision)
        return self

    def require(self, verb: str, *allowed: Status) -> None:
        """Raise unless `verb` is legal now: AlreadyEndedError at an end, IllegalTransitionError."""
        if self.status in allowed:
            return
        error = AlreadyEndedError if self.status in ENDED else IllegalTransitionError
        raise error(verb, self.status)

    def next(self, now: datetime, **changes: Any) -> "Booking":
        """Return the booking one revision later."""
        return replace(self, revision=self.revision + 1, changed_at=now, **changes)


def _require_each_once(hosts: tuple[BookedHost, ...]) -> None:
    if not hosts or len({host.host_id for host in hosts}) != len(hosts):
        raise RuleError("hosts", "there is at least one, and each is named once")


class Fact(StrEnum):
    """What a transition lets the world know."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    CONFLICT_DETECTED = "conflict_detected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """An occurrence that stands in the way of a booking."""

    calendar_id: UUID
    slot: Slot
    occurrence_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change: the booking after it, the fact it makes known, the entries it commands.

    `before` is what the change rests on, None for a new booking.
    """

    after: Booking
    before: Booking | None
    fact: Fact | None = None
    commands: tuple[Entry, ...] = ()
    obstacle: Obstacle | None = None


def changed(
    before: Booking, after: Booking, fact: Fact | None = None, obstacle: Obstacle | None = None
) -> Transition:
    """Return the transition between two revisions; it commands what was touched in it."""
    return Transition(
        after=after,
        before=before,
        fact=fact,
        commands=commands_of(after),
        obstacle=obstacle,
    )


def commands_of(booking: Booking) -> tuple[Entry, ...]:
    """Return the entries that this revision commands."""
    return tuple(
        entry
        for entry in booking.entries
        if entry.revision == booking.revision and entry.known is Known.PENDING
    )
