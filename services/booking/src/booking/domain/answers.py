"""What calendars answer, or fail to answer, about a booking's entries.

Each verb returns None where the answer is old news: a repetition, or the answer to a command
that a later one replaced.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.booking import (
    Booking,
    Fact,
    Move,
    Obstacle,
    Refusal,
    Status,
    Transition,
    changed,
)
from booking.domain.confirming import in_calendars
from booking.domain.entry import Entry, Known, Wanted
from booking.domain.slot import Slot

_WITHOUT_ENTRY = (Known.FAILED, Known.BY_MAIL)

RETRY_AFTER = timedelta(minutes=15)
"""How long a confirmed booking waits for a silent calendar before asking again."""


def entry_written(
    booking: Booking,
    command_id: UUID,
    *,
    by_mail: bool,
    conference_url: str | None,
    now: datetime,
) -> Transition | None:
    """Note that a calendar holds the entry, or that a mail has to do.

    The last answer that is awaited confirms the booking, or completes its reschedule. A
    conference link that comes after the confirmation is told to the parties, and so is that a
    mail has to do.
    """
    known = Known.BY_MAIL if by_mail else Known.WRITTEN
    noted = _noted(booking, command_id, known, now)
    if noted is None:
        return None
    is_new_link = conference_url not in (None, booking.conference_url)
    noted = replace(noted, conference_url=conference_url or noted.conference_url)
    return _settled(booking, noted, is_new_link=is_new_link)


def entry_failed(booking: Booking, command_id: UUID, *, now: datetime) -> Transition | None:
    """Note that a calendar can never take the entry: the meeting takes place without it.

    After the confirmation, which promised that the entry would follow, that is told.
    """
    noted = _noted(booking, command_id, Known.FAILED, now)
    return None if noted is None else _settled(booking, noted)


def entry_refused(
    booking: Booking,
    command_id: UUID,
    *,
    refusal: Refusal,
    obstacle: Obstacle | None,
    now: datetime,
) -> Transition | None:
    """Note that the last look found the time taken.

    Before the booking is confirmed (or moved) the saga wakes at once to turn back, see `give_up`.
    Afterwards the booking stands: the conflict is made known and the entry written all the same.
    """
    noted = _noted(booking, command_id, Known.FAILED, now)
    if noted is None:
        return None
    if booking.status is Status.CONFIRMING or booking.move is not None:
        return changed(booking, replace(noted, refusal=refusal, wake_at=now))
    if booking.status is not Status.CONFIRMED:
        return changed(booking, noted)
    entries = tuple(
        replace(entry.commanded(Wanted.CONFIRMED, noted.revision), looked_at=())
        if entry.is_meeting and entry.command_id(booking.id) == command_id
        else entry
        for entry in noted.entries
    )
    fact = Fact.CONFLICT_DETECTED if obstacle is not None else None
    return changed(booking, replace(noted, entries=entries), fact, obstacle)


def entry_removed(booking: Booking, command_id: UUID, *, now: datetime) -> Transition | None:
    """Note that a commanded removal took effect."""
    noted = _noted(booking, command_id, Known.GONE, now)
    return None if noted is None else changed(booking, noted)


def silence(booking: Booking, *, now: datetime) -> Transition | None:
    """Go on without the calendars that have not answered in time.

    A guest is not kept waiting: the booking is confirmed, or moved, and its entry follows. The
    same commands are given again from time to time until the meeting is over.
    """
    if is_turning_back(booking):
        return None
    later = now + RETRY_AFTER
    wake_at = None if booking.is_over(later) else later
    if booking.status is Status.CONFIRMING:
        after = booking.next(
            now, status=Status.CONFIRMED, wake_at=wake_at, entries=_mailed(booking)
        )
        return changed(booking, after, Fact.CONFIRMED)
    if booking.move is not None:
        return moved(booking, replace(booking.next(now), wake_at=wake_at, entries=_mailed(booking)))
    if booking.status is not Status.CONFIRMED or not booking.awaits_entries:
        return None
    again = tuple(entry for entry in booking.entries if entry.is_awaited)
    # Nobody wakes the booking any more, so nobody would release what it left.
    after = booking.next(now, wake_at=wake_at, vacated=booking.vacated if wake_at else ())
    return replace(changed(booking, after, _released(booking, after)), commands=again)


def is_turning_back(booking: Booking) -> bool:
    """Tell whether the date that is being confirmed or moved to has been refused."""
    open_ended = booking.status is Status.CONFIRMING or booking.move is not None
    return open_ended and booking.refusal is not None


def give_up(
    booking: Booking, *, alternatives: tuple[Slot, ...], now: datetime
) -> Transition | None:
    """Turn back after a refusal: decline the booking, or leave it at its old time.

    What other calendars already hold of the refused date is undone.
    """
    if not is_turning_back(booking):
        return None
    revision = booking.revision + 1
    if booking.status is Status.CONFIRMING:
        after = booking.next(
            now,
            status=Status.DECLINED,
            alternatives=alternatives,
            wake_at=None,
            entries=tuple(_undone(entry, revision) for entry in booking.entries),
        )
        return changed(booking, after, Fact.DECLINED)
    staying = set(booking.host_ids)
    entries = tuple(
        _written_back(entry, revision) if entry.host_id in staying else _undone(entry, revision)
        for entry in booking.entries
    )
    after = booking.next(
        now,
        move=None,
        hosts=in_calendars(booking.hosts, entries),
        alternatives=alternatives,
        wake_at=now + RETRY_AFTER,
        sequence=booking.sequence + 1,
        entries=entries,
    )
    return changed(booking, after, Fact.DECLINED)


def moved(before: Booking, booking: Booking) -> Transition:
    """Complete a reschedule: `booking` is the next revision, its move still open.

    The times it left stay claimed while an entry may still stand there.
    """
    move = booking.move or Move(slot=booking.agreed, hosts=booking.hosts)
    staying = {host.host_id for host in move.hosts}
    after = replace(
        booking,
        slot=move.slot,
        hosts=move.hosts,
        previous_slot=booking.slot,
        move=None,
        vacated=(),
        refusal=booking.refusal if booking.status is Status.RECORDED_ONLY else None,
        alternatives=(),
        entries=tuple(
            entry if entry.host_id in staying else _undone(entry, booking.revision)
            for entry in booking.entries
        ),
    )
    # Entries of hosts who leave are waited for no more, so they do not keep the time; nor does a
    # meeting that is over, which nobody wakes.
    if after.awaits_entries and after.wake_at is not None:
        left = Move(slot=booking.agreed, hosts=booking.hosts)
        after = replace(after, vacated=(*booking.vacated, left))
    return changed(before, after, Fact.RESCHEDULED)


def _settled(before: Booking, noted: Booking, *, is_new_link: bool = False) -> Transition:
    """Return the transition to `noted`, which confirms or completes a move if all is answered."""
    waiting = noted.awaits_entries or is_turning_back(noted)
    if noted.status is Status.CONFIRMING and not waiting:
        after = replace(noted, status=Status.CONFIRMED, wake_at=None)
        return changed(before, after, Fact.CONFIRMED)
    if noted.move is not None and not waiting:
        return moved(before, replace(noted, wake_at=None))
    if noted.status is not Status.CONFIRMED or noted.move is not None:
        return changed(before, noted)
    if not noted.awaits_entries:
        noted = replace(noted, vacated=(), wake_at=None)
    if is_new_link:
        return changed(before, replace(noted, sequence=noted.sequence + 1), Fact.CONFIRMED)
    broken = noted.known_entry is not before.known_entry and noted.known_entry in _WITHOUT_ENTRY
    return changed(before, noted, Fact.CONFIRMED if broken else _released(before, noted))


def _released(before: Booking, after: Booking) -> Fact | None:
    """Return the fact by which whoever follows the claims hears that times became free."""
    return Fact.CONFIRMED if before.vacated and not after.vacated else None


def _noted(booking: Booking, command_id: UUID, known: Known, now: datetime) -> Booking | None:
    """Return the next revision with the answer noted, None when nothing waits for it."""
    waiting = {
        entry
        for entry in booking.entries
        if entry.known is Known.PENDING and entry.command_id(booking.id) == command_id
    }
    if not waiting:
        return None
    entries = tuple(e.is_(known) if e in waiting else e for e in booking.entries)
    return booking.next(now, entries=entries)


def rest(booking: Booking, *, now: datetime) -> Transition:
    """Let the saga sleep until somebody acts."""
    return changed(booking, booking.next(now, wake_at=None))


def _mailed(booking: Booking) -> tuple[Entry, ...]:
    """Return the entries; for a calendar that cannot be written, a mail does without asking."""
    return tuple(
        entry.is_(Known.BY_MAIL) if entry.is_awaited and entry.by_mail else entry
        for entry in booking.entries
    )


def _undone(entry: Entry, revision: int) -> Entry:
    return entry.commanded(Wanted.ABSENT, revision) if entry.may_exist else entry


def _written_back(entry: Entry, revision: int) -> Entry:
    return entry.commanded(Wanted.CONFIRMED, revision) if entry.is_meeting else entry
