"""Mails as MIME: the nesting that calendars in mail clients expect (iMIP, RFC 6047).

    multipart/mixed
    ├─ multipart/alternative
    │   ├─ text/plain
    │   ├─ text/html
    │   └─ text/calendar; method=…       what mail clients offer buttons for
    └─ application/ics                   the same to save

A copy (PUBLISH) is attached only: no client takes it for something to answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifier.adapters.header_fields import Mailbox, mailbox_field, text_field, token_field
from notifier.domain.notices import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above a mail; `thread` is what mails about one booking to one party share."""

    sender: Mailbox
    recipient: Mailbox
    subject: str
    message_id: str
    made_at: datetime
    language: str
    thread: str | None = None
    reply_to: Mailbox | None = None


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An iCalendar object and the method it names."""

    method: Part
    content: bytes


def mail_bytes(header: Header, *, text: str, html: str, calendar: CalendarPart | None) -> bytes:
    """Return a mail as it goes over the wire: 7 bit, CRLF.

    Raises ValueError where a header would hold a line break.
    """
    content = EmailMessage(policy=SMTP)
    content.set_content(text, cte="quoted-printable")
    content.add_alternative(html, subtype="html", cte="quoted-printable")
    if calendar is not None:
        _add_calendar(content, calendar)
    return "".join(_fields(header)).encode("ascii") + content.as_bytes()


def _fields(header: Header) -> Iterator[str]:
    yield mailbox_field("From", header.sender)
    yield mailbox_field("To", header.recipient)
    if header.reply_to is not None:
        yield mailbox_field("Reply-To", header.reply_to)
    yield text_field("Subject", header.subject)
    yield text_field("Date", format_datetime(header.made_at))
    yield token_field("Message-ID", header.message_id)
    if header.thread is not None:
        yield token_field("References", header.thread)
    yield token_field("Auto-Submitted", "auto-generated")
    yield token_field("Content-Language", header.language)


def _add_calendar(content: EmailMessage, calendar: CalendarPart) -> None:
    if calendar.method is not Part.PUBLISH:
        content.add_alternative(
            calendar.content.decode(),
            subtype="calendar",
            cte="base64",
            params={"method": calendar.method.value},
        )
    name = "cancel.ics" if calendar.method is Part.CANCEL else "invite.ics"
    content.add_attachment(
        calendar.content,
        maintype="application",
        subtype="ics",
        filename=name,
        params={"name": name},
    )
