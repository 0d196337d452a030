"""Mails as MIME: the nesting that calendars in mail clients expect (iMIP, RFC 6047).

    multipart/mixed
    ├─ multipart/alternative
    │   ├─ text/plain
    │   ├─ text/html
    │   └─ text/calendar; method=…       what mail clients offer buttons for
    └─ application/ics                   the same to save

A copy (PUBLISH) is attached only: no client takes it for something to answer.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifier.domain.notices import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above a mail; `thread` is what mails about one booking to one party share."""

    sender: Address
    recipient: Address
    subject: str
    message_id: str
    made_at: datetime
    language: str
    thread: str | None = None
    reply_to: Address | None = None


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An iCalendar object and the method it names."""

    method: Part
    content: bytes


def mail_bytes(header: Header, *, text: str, html: str, calendar: CalendarPart | None) -> bytes:
    """Return a mail as it goes over the wire: 7 bit, CRLF.

    Raises ValueError where a header would hold a line break.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = header.sender
    mail["To"] = header.recipient
    if header.reply_to is not None:
        mail["Reply-To"] = header.reply_to
    mail["Subject"] = header.subject
    mail["Date"] = format_datetime(header.made_at)
    mail["Message-ID"] = header.message_id
    if header.thread is not None:
        mail["References"] = header.thread
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if calendar is not None:
        _add_calendar(mail, calendar)
    mail["Content-Language"] = header.language  # set_content would drop it
    return mail.as_bytes()


def _add_calendar(mail: EmailMessage, calendar: CalendarPart) -> None:
    if calendar.method is not Part.PUBLISH:
        mail.add_alternative(
            calendar.content.decode(),
            subtype="calendar",
            cte="base64",
            params={"method": calendar.method.value},
        )
    name = "cancel.ics" if calendar.method is Part.CANCEL else "invite.ics"
    mail.add_attachment(
        calendar.content,
        maintype="application",
        subtype="ics",
        filename=name,
        params={"name": name},
    )
