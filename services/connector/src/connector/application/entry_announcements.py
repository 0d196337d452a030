"""What became of an entry, as the public contracts say it."""

from datetime import datetime
from typing import Any

from entente_contracts import (
    Conflict,
    EntryDelivery,
    EntryEvent,
    EntryFailed,
    EntryMoved,
    EntryRefused,
    EntryRemoved,
    EntryWritten,
    RefusalReason,
    TimeRange,
)

from connector.application.announcements import public_fault
from connector.domain.calendar import Fault
from connector.domain.entry import EntryCommand
from connector.domain.entry_writing import StandingEntry, WrittenEntry
from connector.domain.obstacle import LookRefusal
from connector.domain.window import Window

_MOST_CONFLICTS = 50
_LONGEST_ETAG = 1_024


def written(
    command: EntryCommand, as_written: WrittenEntry | StandingEntry, now: datetime
) -> EntryEvent:
    """Announce that the calendar holds the entry."""
    version = as_written.version
    return EntryWritten(
        **_answer(command, now),
        delivery=EntryDelivery.CALENDAR,
        conference_url=as_written.conference_url,
        etag=version if version and len(version) <= _LONGEST_ETAG else None,
    )


def left_to_mail(command: EntryCommand, now: datetime) -> EntryEvent:
    """Announce that the calendar cannot be written: a mail has to do."""
    return EntryWritten(**_answer(command, now), delivery=EntryDelivery.MAIL)


def refused(command: EntryCommand, refusal: LookRefusal, now: datetime) -> EntryEvent:
    """Announce what stands in the way, or that nobody can tell."""
    return EntryRefused(
        **_answer(command, now),
        reason=RefusalReason(refusal.reason.value),
        conflicts=tuple(
            Conflict(
                calendar_id=obstacle.calendar_id,
                start=obstacle.start,
                end=obstacle.end,
                occurrence_id=obstacle.occurrence_id,
            )
            for obstacle in refusal.obstacles[:_MOST_CONFLICTS]
        ),
    )


def failed(command: EntryCommand, fault: Fault, now: datetime, *, lasting: bool) -> EntryEvent:
    """Announce that the command did not take effect; unless `lasting` it is tried again."""
    return EntryFailed(**_answer(command, now), reason=public_fault(fault), permanent=lasting)


def removed(command: EntryCommand, now: datetime) -> EntryEvent:
    """Announce that nothing stands in the calendar, as commanded."""
    return EntryRemoved(**_answer(command, now))


def deleted_by_hand(command: EntryCommand, now: datetime) -> EntryEvent:
    """Announce that somebody deleted the entry."""
    return EntryRemoved(**_about(command, now))


def moved_by_hand(command: EntryCommand, stands: Window, now: datetime) -> EntryEvent:
    """Announce that somebody moved the entry."""
    slot = TimeRange(start=stands.start, end=stands.end)
    return EntryMoved(**_about(command, now), slot=slot)


def _answer(command: EntryCommand, now: datetime) -> dict[str, Any]:
    return _about(command, now) | {"command_id": command.id}


def _about(command: EntryCommand, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": command.tenant_id,
        "booking_id": command.booking_id,
        "calendar_id": command.calendar_id,
        "booking_revision": command.revision,
        "uid": command.uid,
        "sequence": command.sequence,
        "option_id": command.option_id,
        "occurred_at": now,
    }
