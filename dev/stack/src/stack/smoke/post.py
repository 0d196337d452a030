"""Mails about one booking, as its parties find them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from stack.clients.mails import CaughtMail

_LINK = re.compile(r"https?://[^/\s]+(/b/([0-9a-f-]+)/\w+/[\w-]+)")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the calendar part of a mail says (RFC 5546); `start` in UTC."""

    method: str
    uid: str
    sequence: int
    start: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail about a booking; `path` is the page it leads its reader to."""

    recipient: str
    path: str
    invitation: Invitation | None


def letters(mails: Iterable[CaughtMail], booking: str) -> list[Letter]:
    """Return the mails about a booking, oldest first."""
    found: list[Letter] = []
    for mail in mails:
        link = _LINK.search(_text(mail.message))
        if link and link[2] == booking:
            found.append(Letter(mail.recipients[0], link[1], _invitation(mail.message)))
    return found


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content() if body else ""


def _invitation(message: EmailMessage) -> Invitation | None:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            calendar: Any = Calendar.from_ical(part.get_content())
            (event,) = calendar.walk("VEVENT")
            return Invitation(
                method=str(calendar["METHOD"]),
                uid=str(event["UID"]),
                sequence=int(event.get("SEQUENCE", 0)),
                start=f"{event.decoded('DTSTART'):%Y-%m-%dT%H:%M%z}",
            )
    return None
