"""Invitations as iCalendar (RFC 5545) for iTIP (RFC 5546)."""

from datetime import UTC
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText, vUri

from notifier.application.mail_address import mailable
from notifier.domain.invitation import Attendee, Invitation
from notifier.domain.notices import Part

_PRODUCT = "-//Entente//Notifier//EN"


def icalendar_of(invitation: Invitation, *, organizer: str, organizer_name: str) -> bytes:
    """Return an invitation as one VCALENDAR: CRLF, folded at 75 octets, times in UTC.

    `organizer` is the address that takes the replies; `CN` and the like are quoted, their line
    breaks and quotation marks replaced.
    """
    calendar: Any = Calendar()  # its add() is partly untyped
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method.value)
    calendar.add_component(_event(invitation, organizer, organizer_name))
    written: bytes = calendar.to_ical()
    return written


def _event(invitation: Invitation, organizer: str, organizer_name: str) -> Any:
    event: Any = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamp.astimezone(UTC))
    event.add("dtstart", invitation.slot.start.astimezone(UTC))
    event.add("dtend", invitation.slot.end.astimezone(UTC))
    event.add("summary", invitation.summary)
    event.add("organizer", _address(organizer, organizer_name))
    for attendee in invitation.attendees:
        event.add("attendee", _attendee(attendee))
    if invitation.method is not Part.CANCEL:
        event.add("status", "CONFIRMED")
        event.add("transp", "OPAQUE")
    elif invitation.is_cancelled:
        event.add("status", "CANCELLED")
    where = invitation.location or invitation.conference_url
    if where:
        event.add("location", where)
    description = "\n\n".join(
        text for text in (invitation.description, invitation.conference_url) if text
    )
    if description:
        event.add("description", description)
    if invitation.conference_url:
        link = vUri(invitation.conference_url)
        link.params["VALUE"] = "URI"
        link.params["FEATURE"] = "VIDEO"
        event.add("conference", link, encode=False)  # RFC 7986 §5.11
    return event


def _attendee(attendee: Attendee) -> vCalAddress:
    address = _address(attendee.address, attendee.name)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("CHAIR" if attendee.is_chair else "REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText(attendee.partstat.value)
    address.params["RSVP"] = vText("TRUE" if attendee.answers else "FALSE")
    return address


def _address(address: str, name: str) -> vCalAddress:
    """Return a bare `mailto:` URI; a name that cannot be quoted (RFC 5545 §3.2) is made to.

    The address is the one that mails are sent to, so that its owner's client knows itself.
    """
    found = vCalAddress(f"mailto:{mailable(address) or address}")
    printable = "".join(c if c.isprintable() and c != '"' else " " for c in name)
    if words := printable.split():
        found.params["CN"] = vText(" ".join(words))
    return found
