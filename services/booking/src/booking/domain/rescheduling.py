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
from booking.domain.confirming import in_calendars, new_entry
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
    leave lose theirs once the new ones have it. UID stays, SEQUENCE grows. A meeting that has
    taken place does not move, and none moves into the past (PastError).
    """
    booking.require("reschedule", *STANDING)
    if booking.move is not None:
        raise IllegalTransitionError("reschedule", "being rescheduled already")
    new_hosts = hosts or booking.hosts
    same_hosts = {h.host_id for h in new_hosts} == set(booking.host_ids)
    if slot == booking.agreed and same_hosts:
        raise RuleError("start", "the meeting takes place then already")
    if booking.is_over(now):
        raise PastError("the meeting has taken place")
    if slot.start <= now:
        raise PastError("the new time lies in the past")
    entries = _entries(booking, new_hosts, routes, booking.revision + 1)
    after = booking.next(
        now,
        move=Move(slot=slot, hosts=in_calendars(new_hosts, entries)),
        sequence=booking.sequence + 1,
        alternatives=(),
        entries=entries,
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
        vacated=(),
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

    A host whose entry stands keeps it where it stands, whatever calendar is the default by now,
    unless that calendar is connected no more and another is: the last look and the entry belong
    where the host lives.
    """
    staying = {host.host_id for host in hosts}
    before = tuple(
        _moving(entry, routes.get(entry.host_id), revision)
        if entry.is_meeting and entry.host_id in staying
        else entry
        for entry in booking.entries
    )
    kept = {entry.host_id for entry in before if entry.is_meeting}
    joining = tuple(
        new_entry(host.host_id, routes[host.host_id], booking.uid, revision)
        for host in hosts
        if host.host_id not in kept and host.host_id in routes
    )
    return before + joining


def _moving(entry: Entry, route: Route | None, revision: int) -> Entry:
    if route is None:
        return entry.commanded(Wanted.CONFIRMED, revision)
    if entry.calendar_id not in route.connected:
        return entry.commanded(Wanted.ABSENT, revision)
    return replace(entry.commanded(Wanted.CONFIRMED, revision), looked_at=route.looked_at)
