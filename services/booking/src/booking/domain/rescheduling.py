"""Moving a meeting that stands to another time or to other hosts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from booking.domain.answers import RETRY_AFTER, moved
from booking.domain.booking import (
    STANDING,
    Booking,
    Fact,
    Move,
    Obstacle,
    Status,
    Transition,
    changed,
)
from booking.domain.calendar import Route
from booking.domain.confirming import new_entry, routed
from booking.domain.entry import Entry, Known, Wanted
from booking.domain.errors import IllegalTransitionError, PastError, RuleError
from booking.domain.parties import BookedHost
from booking.domain.slot import Slot


def reschedule(
    booking: Booking,
    slot: Slot,
    *,
    hosts: tuple[BookedHost, ...] | None = None,
    routes: Mapping[UUID, Route],
    answer_by: datetime,
    now: datetime,
) -> Transition:
    """Move the meeting to `slot`, and to other hosts where `hosts` are given.

    The old time stays claimed until every entry has moved. New hosts get an entry, and those who
    leave lose theirs once the new ones have it. UID stays, SEQUENCE grows.
    """
    booking.require("reschedule", *STANDING)
    if booking.move is not None:
        raise IllegalTransitionError("reschedule", "being rescheduled already")
    new_hosts = routed(hosts or booking.hosts, routes)
    same_hosts = {h.host_id for h in new_hosts} == {h.host_id for h in booking.hosts}
    if slot == booking.agreed and same_hosts:
        raise RuleError("slot", "the meeting takes place then already")
    if slot.start <= now:
        raise PastError("the new time lies in the past")
    after = booking.next(
        now,
        move=Move(slot=slot, hosts=new_hosts),
        sequence=booking.sequence + 1,
        alternatives=(),
        entries=_entries(booking, new_hosts, routes, booking.revision + 1),
    )
    if not after.awaits_entries:
        return moved(booking, replace(after, wake_at=None))
    # A meeting that was only recorded has a calendar by now.
    waiting = replace(after, status=Status.CONFIRMED, refusal=None, wake_at=answer_by)
    return changed(booking, waiting)


def moved_in_calendar(
    booking: Booking, entry: Entry, slot: Slot, *, observed_at: datetime, now: datetime
) -> Transition | None:
    """Follow a move that someone made in the provider's own app.

    The other hosts' entries are written to the new time. Returns None for old news, and while a
    reschedule is under way: the entry is about to be written anyway.
    """
    if not _is_news(booking, entry, observed_at) or booking.move or slot == booking.agreed:
        return None
    revision = booking.revision + 1
    entries = tuple(
        _seen(other, observed_at)
        if other == entry
        else other.commanded(Wanted.CONFIRMED, revision)
        if other.is_meeting
        else other
        for other in booking.entries
    )
    after = booking.next(
        now,
        slot=slot,
        previous_slot=booking.slot,
        vacated=None,
        sequence=booking.sequence + 1,
        alternatives=(),
        entries=entries,
        wake_at=now + RETRY_AFTER if any(e.is_awaited for e in entries) else None,
    )
    return changed(booking, after, Fact.RESCHEDULED)


def moved_back(
    booking: Booking, entry: Entry, obstacle: Obstacle, *, observed_at: datetime, now: datetime
) -> Transition | None:
    """Undo a move in the provider's own app onto time that is claimed by another booking.

    The entry is written back to the agreed time and the conflict is made known.
    """
    if not _is_news(booking, entry, observed_at) or booking.move:
        return None
    revision = booking.revision + 1
    entries = tuple(
        replace(_seen(other, observed_at).commanded(Wanted.CONFIRMED, revision), looked_at=())
        if other == entry
        else other
        for other in booking.entries
    )
    after = booking.next(
        now, sequence=booking.sequence + 1, entries=entries, wake_at=now + RETRY_AFTER
    )
    return changed(booking, after, Fact.CONFLICT_DETECTED, obstacle)


def _is_news(booking: Booking, entry: Entry, observed_at: datetime) -> bool:
    if booking.status is not Status.CONFIRMED or not entry.is_meeting:
        return False
    return entry.observed_at is None or entry.observed_at < observed_at


def _seen(entry: Entry, observed_at: datetime) -> Entry:
    return replace(entry, known=Known.WRITTEN, observed_at=observed_at)


def _entries(
    booking: Booking,
    hosts: tuple[BookedHost, ...],
    routes: Mapping[UUID, Route],
    revision: int,
) -> tuple[Entry, ...]:
    """Return the entries with those of `hosts` commanded anew; the others wait for the move.

    A host whose entry stands keeps it where it stands, whatever calendar is the default by now.
    """
    staying = {host.host_id for host in hosts}
    kept = {entry.host_id for entry in booking.entries if entry.is_meeting}
    moving = tuple(
        replace(
            entry.commanded(Wanted.CONFIRMED, revision),
            looked_at=routes[entry.host_id].looked_at
            if entry.host_id in routes
            else entry.looked_at,
        )
        if entry.is_meeting and entry.host_id in staying
        else entry
        for entry in booking.entries
    )
    joining = tuple(
        new_entry(host.host_id, routes[host.host_id], booking.uid, revision)
        for host in hosts
        if host.host_id not in kept and host.host_id in routes
    )
    return moving + joining
