"""One attempt to make a calendar show what is wanted of an entry. No transaction is open."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from messaging.failpoints import reach

from connector.application.last_look import last_look
from connector.application.locate_entry import locate_entry
from connector.application.services import Services
from connector.domain.calendar import Calendar, Fault
from connector.domain.entry import Entry
from connector.domain.entry_draft import EntryDraft, EntryStatus
from connector.domain.entry_writing import (
    ChangedMeanwhileError,
    EntryRejectedError,
    StandingEntry,
    WrittenEntry,
)
from connector.domain.host import Host
from connector.domain.obstacle import LookRefusal
from connector.domain.source import FailureKind, SourceFailure

_ROUNDS = 3
"""An entry that changes under our hands so often is left for the next attempt."""


@dataclass(frozen=True, slots=True)
class Written:
    """The calendar holds the entry; `was_there` says that an earlier attempt had put it there.

    `calendar_id` names the calendar: somebody may have moved the entry to another one.
    """

    entry: WrittenEntry | StandingEntry
    calendar_id: UUID
    was_there: bool = False


@dataclass(frozen=True, slots=True)
class LeftToMail:
    """The calendar cannot be written."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Nothing stands any more; the calendar with `calendar_id` is where it stood last."""

    calendar_id: UUID


@dataclass(frozen=True, slots=True)
class Refused:
    """The last look did not find the time free."""

    refusal: LookRefusal


@dataclass(frozen=True, slots=True)
class Impossible:
    """The command will never take effect."""

    fault: Fault


Outcome: TypeAlias = Written | LeftToMail | Removed | Refused | Impossible


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The entry, and where it is to be written."""

    entry: Entry
    calendar: Calendar
    host: Host


async def attempt_entry(services: Services, target: Target) -> Outcome:
    """Carry the command out. Raises SourceFailure and SecretUnreadable."""
    calendar, draft = target.calendar, target.entry.command.draft
    if not calendar.is_read:
        return Impossible(Fault.REQUESTED)
    if draft is None:
        if not calendar.capabilities.write:
            return Removed(calendar.id)
        return await _remove(services, target)
    if draft.status is EntryStatus.TENTATIVE and not calendar.capabilities.holds:
        return Impossible(Fault.PERMISSION)
    try:
        return await _write(services, target, draft)
    except EntryRejectedError:
        return Impossible(Fault.INVALID_ANSWER)


async def _write(services: Services, target: Target, draft: EntryDraft) -> Outcome:
    """Look whether it is done, then whether the time is free, then write."""
    entry = target.entry
    if not target.calendar.capabilities.write:
        refusal = await last_look(services, target.host, draft, entry.command.look)
        return Refused(refusal) if refusal else LeftToMail()
    looked = False
    for first in (True, *(False for _ in range(_ROUNDS - 1))):
        thorough = entry.was_tried or not first
        place = await locate_entry(services, target.calendar, entry, thorough=thorough)
        where, standing = place.calendar, place.standing
        if standing and standing.shows(revision=draft.revision, sequence=draft.sequence):
            return Written(standing, where.id, was_there=True)
        if not looked:
            await reach("entries.before_last_look")
            refusal = await last_look(services, target.host, draft, entry.command.look)
            if refusal:
                return Refused(refusal)
            looked = True
        await reach("entries.before_write")
        try:
            written = await place.writer.write(where.remote_id, draft, standing)
        except ChangedMeanwhileError:
            continue
        await reach("entries.after_write")
        return Written(written, where.id)
    raise _restless()


async def _remove(services: Services, target: Target) -> Outcome:
    entry = target.entry
    for _ in range(_ROUNDS):
        place = await locate_entry(services, target.calendar, entry, thorough=True)
        where, standing = place.calendar, place.standing
        if standing is None or standing.outdates(revision=entry.command.revision):
            return Removed(where.id)
        await reach("entries.before_write")
        try:
            await place.writer.remove(where.remote_id, standing)
        except ChangedMeanwhileError:
            continue
        except EntryRejectedError:
            return Impossible(Fault.INVALID_ANSWER)
        await reach("entries.after_write")
        return Removed(where.id)
    raise _restless()


def _restless() -> SourceFailure:
    return SourceFailure(FailureKind.NETWORK, "the entry keeps changing")
