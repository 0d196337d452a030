"""A booking's entry as a calendar object (RFC 4791 §4.1), and the tag it is known by.

The names and the tag are all a later reader has: `X-ENTENTE-BOOKING` says whose entry it is,
`X-ENTENTE-REVISION` from which revision of the booking it was written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from icalendar import Alarm, Calendar, Event, vCalAddress, vText
from icalendar import Component as IcalComponent

from connector.domain.entry_draft import EntryDraft, EntryStatus, Person
from connector.domain.expansion import NotACalendar
from connector.domain.limits import LimitExceeded, Limits
from connector.icalendar.content_line import split_rest
from connector.icalendar.scan import Component, scan

C = TypeVar("C", bound=IcalComponent)
_BOOKING = "X-ENTENTE-BOOKING"
_REVISION = "X-ENTENTE-REVISION"
_PLAIN_UID = re.compile(r"[A-Za-z0-9._@-]{1,200}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LIMITS = Limits(bytes=1024 * 1024, components=1_000)


@dataclass(frozen=True, slots=True)
class EntryTag:
    """What an object says of itself: its UID, and whose entry it is if it is one of ours."""

    uid: str
    booking_id: UUID | None
    revision: int | None
    sequence: int


def name_of(uid: str) -> str:
    """Return where the entry with this UID is stored: the same at every attempt."""
    plain = _PLAIN_UID.fullmatch(uid) and not uid.startswith(".")
    return f"{uid if plain else sha256(uid.encode()).hexdigest()}.ics"


def write_object(draft: EntryDraft, *, sequence: int, now: datetime) -> bytes:
    """Spell the entry. One meeting needs no zone: its times are UTC, its busy time opaque.

    SCHEDULE-AGENT=CLIENT keeps the server from mailing anybody (RFC 6638 §7.1): the invitations
    are Entente's.
    """
    properties: list[tuple[str, object]] = [
        ("UID", draft.uid),
        ("DTSTAMP", now.astimezone(UTC)),
        ("DTSTART", draft.start.astimezone(UTC)),
        ("DTEND", draft.end.astimezone(UTC)),
        ("SEQUENCE", sequence),
        ("STATUS", "TENTATIVE" if draft.status is EntryStatus.TENTATIVE else "CONFIRMED"),
        ("TRANSP", "OPAQUE"),
        ("SUMMARY", _text(draft.summary)),
        ("DESCRIPTION", _text(draft.description)),
        ("LOCATION", _text(draft.location)),
        ("ORGANIZER", _party(draft.organizer)),
        *(("ATTENDEE", _party(attendee, PARTSTAT="NEEDS-ACTION")) for attendee in draft.attendees),
        (_BOOKING, str(draft.booking_id)),
        (_REVISION, str(draft.revision)),
    ]
    event = _filled(Event(), properties)
    for minutes in draft.reminders:
        event.add_component(_reminder(draft, minutes))
    calendar = _filled(Calendar(), [("VERSION", "2.0"), ("PRODID", "-//Entente//Connector//EN")])
    calendar.add_component(event)
    return calendar.to_ical()


def read_tag(content: bytes) -> EntryTag | None:
    """Read what an object says of itself; None when it holds no event that can be read."""
    try:
        calendars = scan(content, _LIMITS)
    except (NotACalendar, LimitExceeded):
        return None
    events = [
        component
        for calendar in calendars
        for component in calendar.children
        if component.name == "VEVENT"
    ]
    # What was made of one of its instances is told apart by RECURRENCE-ID.
    events.sort(key=lambda event: "RECURRENCE-ID" in event.properties)
    if not events:
        return None
    event = events[0]
    return EntryTag(
        uid=_value(event, "UID"),
        booking_id=_uuid(_value(event, _BOOKING)),
        revision=_number(_value(event, _REVISION)),
        sequence=_number(_value(event, "SEQUENCE")) or 0,
    )


def _text(text: str | None) -> str | None:
    """Drop the control characters that a TEXT cannot hold (RFC 5545 §3.3.11)."""
    return _CONTROL.sub("", text) if text else None


def _party(person: Person, **parameters: str) -> vCalAddress:
    party = vCalAddress(f"mailto:{person.address}")
    name = " ".join((_text(person.name) or "").split())
    named = {"CN": name} if name else {}
    for name, value in {**named, "SCHEDULE-AGENT": "CLIENT", **parameters}.items():
        party.params[name] = vText(value)
    return party


def _reminder(draft: EntryDraft, minutes: int) -> Alarm:
    trigger = timedelta(minutes=-minutes)
    return _filled(
        Alarm(),
        [("ACTION", "DISPLAY"), ("DESCRIPTION", _text(draft.summary)), ("TRIGGER", trigger)],
    )


def _filled(made: C, properties: Iterable[tuple[str, object]]) -> C:
    """Add the properties that have a value."""
    for name, value in properties:
        if value is not None:
            made.add(name, value)  # pyright: ignore[reportUnknownMemberType]  # its value is untyped
    return made


def _value(component: Component, name: str) -> str:
    rest = component.first(name)
    return split_rest(rest)[1] if rest else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004 - a bigint
