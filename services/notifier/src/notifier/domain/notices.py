"""A notice: one thing to tell one party."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from notifier.domain.booking import Booking
from notifier.domain.parties import Party
from notifier.domain.slot import Slot

_NAMESPACE = UUID("b1a4a1de-7a9f-5b34-9d0b-6d7c8f1f4c55")


class Kind(StrEnum):
    """What a mail says; the ledger keeps one of a kind per change and party."""

    PROPOSAL = "proposal"
    INVITATION = "invitation"
    UPDATE = "update"
    CANCELLATION = "cancellation"
    DECLINE = "decline"
    EXPIRY = "expiry"
    REMINDER = "reminder"
    CONFLICT = "conflict"
    CONNECTION_BROKEN = "connection_broken"


class EntryForParty(StrEnum):
    """What a host is truthfully told of the entry in the own calendar."""

    WRITTEN = "written"
    FOLLOWS = "follows"
    ACCEPT_MAIL = "accept_mail"
    """The calendar cannot be written: the owner accepts the invitation in this mail."""
    FAILED = "failed"
    """The calendar would not take the entry: the invitation in this mail is the way to get it."""
    NONE = "none"
    """No calendar is connected."""


class Part(StrEnum):
    """Which iCalendar part goes with a mail (RFC 5546 §1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    """A copy to keep, for a host whose calendar has the entry from us: nothing to answer."""
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one party is told about a booking.

    `text` names the wording, `occasion` tells mails of one kind about one revision apart.
    `previous_slot` is the time a meeting left, `elsewhere` the foreign time of a conflict.
    """

    kind: Kind
    text: str
    party: Party
    booking: Booking
    part: Part = Part.NONE
    entry: EntryForParty | None = None
    occasion: str = ""
    previous_slot: Slot | None = None
    elsewhere: Slot | None = None

    @property
    def id(self) -> UUID:
        """The identity of the mail: the same for the same thing told to the same party."""
        what = f"{self.booking.id}/{self.booking.revision}/{self.party.key}/{self.kind}"
        return uuid5(_NAMESPACE, f"{what}/{self.occasion}")
