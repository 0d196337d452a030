"""Mails as the mail server took them, as they were announced, and as the ledger has them."""

import hashlib
from typing import Any

from entente_contracts import Envelope, NotificationFailed, NotificationSent, decode, topics
from icalendar import Calendar
from notifier.testing.mail_server import MailServer
from system import System
from walk.facts import Invitation, Mail, Notice
from walk.gather_entries import span_of
from walk.quiet import database


def mails(post: MailServer) -> list[Mail]:
    """Return the accepted mails in the order they came."""
    return [
        Mail(
            at=taken.at,
            message_id=str(taken.message["Message-ID"]),
            recipient=taken.recipient,
            digest=hashlib.sha256(taken.content).hexdigest(),
            invitation=_invitation(taken.message),
        )
        for taken in post.accepted
    ]


def _invitation(message: Any) -> Invitation | None:
    for part in message.walk():
        if part.get_content_type() in {"text/calendar", "application/ics"}:
            calendar: Any = Calendar.from_ical(part.get_payload(decode=True))
            (event,) = calendar.walk("VEVENT")
            return Invitation(
                method=str(calendar["METHOD"]),
                uid=str(event["UID"]),
                sequence=int(event.get("SEQUENCE", 0)),
                span=span_of(event),
            )
    return None


async def notices(system: System) -> list[Notice]:
    """Return what was announced for good, repetitions left out."""
    found: set[Notice] = set()
    for record in await system.wire.records(topics.NOTIFICATION_EVENTS):
        event = decode(Envelope.from_headers(record.headers).type, record.value or b"")
        match event:
            case NotificationSent():
                outcome = "sent"
            case NotificationFailed(permanent=True):
                outcome = "failed"
            case _:
                continue
        party = event.party
        found.add(
            Notice(
                booking=event.booking_id,
                revision=event.booking_revision,
                party=f"host:{party.host_id}" if party.host_id else "guest",
                kind=event.kind.value,
                id=event.notification_id,
                message_id=event.message_id,
                outcome=outcome,
            )
        )
    return sorted(found)


async def ledger(system: System) -> list[Notice]:
    """Return what the notifier keeps of mails about bookings."""
    query = (
        "SELECT about, revision, party, kind, mail_id, message_id, state FROM mail"
        " WHERE kind <> 'connection_broken'"
    )
    async with database(system, "notifier") as connection:
        rows = await connection.fetch(query)
    return sorted(
        Notice(
            booking=row["about"],
            revision=row["revision"],
            party=row["party"],
            kind=row["kind"],
            id=row["mail_id"],
            message_id=row["message_id"],
            outcome=row["state"],
        )
        for row in rows
    )
