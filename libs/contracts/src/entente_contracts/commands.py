"""What the connector is asked to do with a calendar. It answers on `calendar.entries.v1`."""

from typing import Self
from uuid import UUID

from pydantic import model_validator

from entente_contracts.message import Command, PersonalData
from entente_contracts.topics import CALENDAR_COMMANDS
from entente_contracts.values import (
    Instant,
    MinutesBefore,
    OpenEnum,
    Party,
    Revision,
    Sequence,
    Text,
    TimeRange,
    Title,
    Uid,
    ZoneName,
)


class EntryStatus(OpenEnum):
    """STATUS of the entry to write (RFC 5545 §3.8.1.11)."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"


class SyncReason(OpenEnum):
    """Why a calendar is to be read now."""

    STALE = "stale"
    CONFIRMING = "confirming"
    REQUESTED = "requested"


class LastLook(TimeRange):
    """What to read live, and refuse the entry for, right before writing it.

    The range includes the buffers; entries of the same booking do not count.
    """

    calendar_ids: tuple[UUID, ...]


class EntryCommand(Command):
    """A command about the entry of one booking in one calendar."""

    topic = CALENDAR_COMMANDS

    command_id: UUID
    """The same through every retry: names the effect that must happen at most once."""
    booking_id: UUID
    calendar_id: UUID
    booking_revision: Revision
    uid: Uid
    sequence: Sequence
    option_id: UUID | None = None
    """The proposed date the entry stands for, while it is only proposed."""

    def key(self) -> str:
        """Return the calendar id."""
        return str(self.calendar_id)

    def subject(self) -> str:
        """Return the booking id."""
        return str(self.booking_id)

    def version(self) -> int:
        """Return the booking's revision."""
        return self.booking_revision


class WriteEntry(EntryCommand):
    """Make the calendar's entry for a booking be exactly this, creating it if need be."""

    type = "entente.calendar.write_entry.v1"
    personal_data = PersonalData.PERSONAL

    status: EntryStatus
    start: Instant
    end: Instant
    timezone: ZoneName
    summary: Title
    description: Text | None = None
    location: Title | None = None
    organizer: Party
    attendees: tuple[Party, ...]
    conference: bool = False
    """Ask the provider for a conference link."""
    reminders: tuple[MinutesBefore, ...] = ()
    last_look: LastLook | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end <= self.start:
            raise ValueError("an entry ends after it starts")
        return self


class RemoveEntry(EntryCommand):
    """Remove the calendar's entry for a booking; done too when there is none."""

    type = "entente.calendar.remove_entry.v1"
    personal_data = PersonalData.PSEUDONYMOUS


class SyncCalendar(Command):
    """Read the calendar now instead of at its next turn."""

    type = "entente.calendar.sync.v1"
    topic = CALENDAR_COMMANDS
    personal_data = PersonalData.PSEUDONYMOUS

    command_id: UUID
    calendar_id: UUID
    reason: SyncReason
    requested_at: Instant

    def key(self) -> str:
        """Return the calendar id."""
        return str(self.calendar_id)

    def subject(self) -> str:
        """Return the calendar id."""
        return str(self.calendar_id)

    def version(self) -> int:
        """Return 0: a request to read has no version."""
        return 0
