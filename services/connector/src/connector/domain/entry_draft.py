"""What the calendar entry of a booking is to be like."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from connector.domain.window import Window


class EntryStatus(StrEnum):
    """STATUS of the entry (RFC 5545 §3.8.1.11)."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone the entry names; `address` is a bare mail address."""

    name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """The entry as it was commanded. Times are aware, `timezone` is an IANA name.

    `booking_id` and `revision` tag the entry, so that it is known as ours when it is read again and
    one of an older revision as out of date. `reminders` are minutes before the start. `conference`
    asks the provider for a link, where it makes any.
    """

    booking_id: UUID
    revision: int
    uid: str
    sequence: int
    status: EntryStatus
    start: datetime
    end: datetime
    timezone: str
    summary: str = field(repr=False)
    description: str | None = field(default=None, repr=False)
    location: str | None = field(default=None, repr=False)
    organizer: Person
    attendees: tuple[Person, ...]
    conference: bool = False
    reminders: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse naive and empty times."""
        Window(self.start, self.end)

    @property
    def window(self) -> Window:
        """When the meeting takes place."""
        return Window(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBefore:
    """Which calendars have to be free, and when, right before the entry is written.

    The stretch from `start` to `end` includes buffers.
    """

    calendar_ids: tuple[UUID, ...]
    start: datetime
    end: datetime

    @property
    def window(self) -> Window:
        """The stretch that has to be free."""
        return Window(self.start, self.end)
