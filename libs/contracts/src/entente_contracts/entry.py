"""What became of a booking's entries in calendars."""

from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from entente_contracts.busy import Conflict
from entente_contracts.calendar import CalendarFault
from entente_contracts.message import Event, PersonalData
from entente_contracts.refusal import RefusalReason
from entente_contracts.topics import CALENDAR_ENTRIES
from entente_contracts.values import (
    Instant,
    Link,
    OpenEnum,
    Party,
    Revision,
    Sequence,
    TimeRange,
    Title,
    Uid,
    ZoneName,
)


class EntryDelivery(OpenEnum):
    """How an entry reaches its calendar."""

    CALENDAR = "calendar"
    """Written through the provider."""
    MAIL = "mail"
    """The calendar cannot be written: its owner gets an invitation by mail."""


class EntryEvent(Event):
    """What became of an entry; `booking_revision` is the one it was, or was to be, written from."""

    topic = CALENDAR_ENTRIES
    personal_data = PersonalData.PSEUDONYMOUS

    booking_id: UUID
    calendar_id: UUID
    booking_revision: Revision
    uid: Uid
    sequence: Sequence
    option_id: UUID | None = None
    command_id: UUID | None = None
    """The command this answers; absent when the change was made in the provider's own app."""
    occurred_at: Instant

    def key(self) -> str:
        """Return the booking id."""
        return str(self.booking_id)

    def subject(self) -> str:
        """Return the booking id."""
        return str(self.booking_id)

    def version(self) -> int:
        """Return the booking's revision."""
        return self.booking_revision


class EntryWritten(EntryEvent):
    """A calendar holds the entry as commanded, or cannot be written and a mail has to do."""

    type = "entente.entry.written.v1"
    personal_data = PersonalData.PERSONAL

    delivery: EntryDelivery
    conference_url: Link | None = None
    etag: Annotated[str, Field(max_length=1_024)] | None = None


class EntryRefused(EntryEvent):
    """The last look found the time taken, or could not tell; nothing was written."""

    type = "entente.entry.refused.v1"

    reason: RefusalReason
    conflicts: tuple[Conflict, ...] = ()


class EntryFailed(EntryEvent):
    """A command did not take effect. A failure that is not permanent is being retried."""

    type = "entente.entry.failed.v1"

    reason: CalendarFault
    permanent: bool


class EntryMoved(EntryEvent):
    """Someone moved the entry in the provider's own app."""

    type = "entente.entry.moved.v1"

    slot: TimeRange


class EntryRemoved(EntryEvent):
    """The entry is gone: by command, or someone deleted it (then `command_id` is absent)."""

    type = "entente.entry.removed.v1"


class MeetingObserved(Event):
    """A meeting with a guest was made in the provider's own app, outside Entente.

    `booking_id` is the one the booking will have: `observed_booking_id` of calendar and UID, so
    that a meeting seen twice is recorded once.
    """

    type = "entente.entry.meeting_observed.v1"
    topic = CALENDAR_ENTRIES
    personal_data = PersonalData.PERSONAL

    booking_id: UUID
    calendar_id: UUID
    host_id: UUID
    uid: Uid
    sequence: Sequence
    slot: TimeRange
    timezone: ZoneName | None = None
    title: Title
    location: Title | None = None
    conference_url: Link | None = None
    organizer: Party
    attendees: tuple[Party, ...]
    observed_at: Instant

    def key(self) -> str:
        """Return the booking id."""
        return str(self.booking_id)

    def subject(self) -> str:
        """Return the booking id."""
        return str(self.booking_id)

    def version(self) -> int:
        """Return the entry's SEQUENCE: Entente has no revision of it yet."""
        return self.sequence


def observed_booking_id(calendar_id: UUID, uid: str) -> UUID:
    """Return the booking id of a meeting observed in a calendar (UUID version 5)."""
    return uuid5(calendar_id, uid)
