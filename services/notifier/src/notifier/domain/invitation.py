"""What the iCalendar part of a mail says (iTIP, RFC 5546)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.domain.notices import EntryForParty, Notice, Part
from notifier.domain.parties import Party, Role
from notifier.domain.slot import Slot


class Partstat(StrEnum):
    """Whether an attendee has answered (RFC 5545 §3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """A party as the part names it; who `answers` is offered buttons (RSVP)."""

    name: str
    address: str
    is_chair: bool
    partstat: Partstat
    answers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One message about one meeting.

    `stamp` is when this message was made (DTSTAMP). `is_cancelled` says that the whole meeting is
    off; a CANCEL without it uninvites its one attendee (RFC 5546 §3.2.5).
    """

    method: Part
    uid: str
    sequence: int
    stamp: datetime
    slot: Slot
    summary: str
    attendees: tuple[Attendee, ...]
    is_cancelled: bool = False
    description: str | None = None
    location: str | None = None
    conference_url: str | None = None

    def __post_init__(self) -> None:
        """Refuse what RFC 5546 §3.2 forbids."""
        if self.method is Part.NONE:
            raise ValueError("an invitation has a method")
        if (self.method is Part.PUBLISH) == bool(self.attendees):
            raise ValueError("REQUEST and CANCEL name attendees, PUBLISH names none")
        if self.is_cancelled and self.method is not Part.CANCEL:
            raise ValueError("a cancelled meeting is told with CANCEL")


def invitation_of(notice: Notice, *, stamp: datetime) -> Invitation | None:
    """Return the iCalendar part of a notice, None where it has none.

    The recipient is the first attendee: some clients look no further.
    """
    if notice.part is Part.NONE:
        return None
    booking = notice.booking
    leaves = notice.part is Part.CANCEL and notice.party not in booking.parties
    others = () if leaves else tuple(p for p in booking.parties if p.key != notice.party.key)
    attendees = (
        ()
        if notice.part is Part.PUBLISH
        else tuple(_attendee(party, notice) for party in (notice.party, *others))
    )
    return Invitation(
        method=notice.part,
        uid=booking.uid,
        sequence=booking.sequence,
        stamp=stamp,
        slot=notice.previous_slot if leaves and notice.previous_slot else booking.agreed,
        summary=booking.title,
        attendees=attendees,
        is_cancelled=notice.part is Part.CANCEL and not leaves,
        description=booking.description,
        location=booking.location,
        conference_url=booking.web_link,
    )


def _attendee(party: Party, notice: Notice) -> Attendee:
    """Return a party as attendee: a host whose calendar has the entry accepted it already."""
    is_host = party.role is Role.HOST
    is_recipient = party.key == notice.party.key
    asked_host = is_recipient and notice.entry in (
        EntryForParty.ACCEPT_MAIL,
        EntryForParty.FAILED,
    )
    is_asked = notice.part is Part.REQUEST and (not is_host or asked_host)
    return Attendee(
        name=party.name,
        address=party.address,
        is_chair=is_host,
        partstat=Partstat.NEEDS_ACTION if is_asked else Partstat.ACCEPTED,
        answers=is_asked,
    )
