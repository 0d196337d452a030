"""The entries of a booking in its hosts' calendars: what is wanted and what is known."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5


class Wanted(StrEnum):
    """What the calendar is asked to show."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    ABSENT = "absent"


class Known(StrEnum):
    """What is known of the calendar."""

    PENDING = "pending"
    WRITTEN = "written"
    BY_MAIL = "by_mail"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry in one calendar.

    `revision` is the booking's at the last command: with it, every command has an identity that
    a repetition shares. `option_id` names the proposed date while it is only proposed.
    `observed_at` is when the entry was last seen changed in the provider's own app.
    """

    host_id: UUID
    calendar_id: UUID
    uid: str
    by_mail: bool
    looked_at: tuple[UUID, ...]
    wanted: Wanted
    revision: int
    known: Known = Known.PENDING
    option_id: UUID | None = None
    observed_at: datetime | None = None

    def command_id(self, booking_id: UUID) -> UUID:
        """Return the identity of the last command about this entry."""
        return uuid5(booking_id, f"{self.calendar_id}/{self.uid}/{self.revision}")

    def commanded(self, wanted: Wanted, revision: int) -> "Entry":
        """Return the entry after a new command."""
        return replace(self, wanted=wanted, known=Known.PENDING, revision=revision)

    def is_(self, known: Known) -> "Entry":
        """Return the entry after news of it."""
        return replace(self, known=known)

    @property
    def is_meeting(self) -> bool:
        """Whether it stands, or is to stand, for the agreed meeting."""
        return self.wanted is Wanted.CONFIRMED

    @property
    def is_awaited(self) -> bool:
        """Whether the meeting's entry was commanded and nothing is known yet."""
        return self.is_meeting and self.known is Known.PENDING

    @property
    def may_exist(self) -> bool:
        """Whether something may stand in the calendar that should go with the booking."""
        return self.wanted is not Wanted.ABSENT and self.known is not Known.GONE
