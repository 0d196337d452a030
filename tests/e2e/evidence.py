"""What can be seen of a booking once nothing moves any more, and that it is one story."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import asyncpg
from bookable import Booking
from entente_contracts import (
    BookingCancelled,
    BookingConfirmed,
    BookingConflictDetected,
    BookingDeclined,
    BookingEvent,
    BookingProposed,
    BookingRescheduled,
    Envelope,
    Topic,
    decode,
    topics,
)
from journal.lab.eventually import eventually
from people import Host
from stack.smoke.post import Letter, letters
from system import System

_PATIENCE_SECONDS = 90.0
_OUTBOX = "SELECT count(*) FROM outbox"
_ENTRIES = "SELECT count(*) FROM entry WHERE booking_id = $1 AND state = 'pending'"
_MAILS = "SELECT count(*) FROM mail WHERE about = $1 AND state = 'pending'"
# The way of a change, in its order: what has just left one place is seen at a later one.
_WAY: tuple[tuple[str, str | Topic], ...] = (
    ("booking", _OUTBOX),
    ("connector", topics.CALENDAR_COMMANDS),
    ("connector", _ENTRIES),
    ("connector", _OUTBOX),
    ("booking", topics.CALENDAR_ENTRIES),
    ("booking", _OUTBOX),
    ("availability", topics.BOOKING_EVENTS),
    ("notifier", topics.BOOKING_EVENTS),
    ("notifier", _MAILS),
    ("notifier", _OUTBOX),
)
_METHODS: dict[type[BookingEvent], str] = {
    BookingConfirmed: "REQUEST",
    BookingRescheduled: "REQUEST",
    BookingCancelled: "CANCEL",
}

PROPOSED = BookingProposed
CONFIRMED = BookingConfirmed
RESCHEDULED = BookingRescheduled
CANCELLED = BookingCancelled
DECLINED = BookingDeclined
CONFLICT = BookingConflictDetected


async def query(system: System, service: str, statement: str, *values: object) -> list[Any]:
    """Return the rows with which a service's database answers."""
    connection = await asyncpg.connect(system.stack.postgres.dsn(service))
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


async def is_over(booking: Booking) -> None:
    """Wait until nothing about a booking that has come to its state is under way any more."""
    for service, place in _WAY:

        async def waiting(service: str = service, place: str | Topic = place) -> int:
            if isinstance(place, Topic):
                return await booking.entente.wire.lag(place, service)
            values = [UUID(booking.id)] if "$1" in place else []
            (row,) = await query(booking.entente, service, place, *values)
            return int(row[0])

        await eventually(waiting, lambda number: number == 0, within=_PATIENCE_SECONDS)


async def is_told(
    booking: Booking,
    host: Host,
    *story: type[BookingEvent],
    untold: Mapping[str, Sequence[type[BookingEvent]]] | None = None,
    twice: bool = False,
) -> None:
    """Require that events and mails tell this story of a booking, once, and nothing else.

    Of `untold` events an address gets no mail. `twice` allows each mail one copy, the same in
    every byte: its sender died between the mail server's answer and noting it.
    """
    await is_over(booking)
    events = await published(booking)
    assert [type(event) for event in events] == list(story)
    revisions = [event.booking.revision for event in events]
    assert revisions == sorted(set(revisions))
    parties = (booking.guest, host.address)
    caught = await booking.entente.stack.mail.messages(*parties)
    for address in parties:
        told = [event for event in events if type(event) not in (untold or {}).get(address, ())]
        copies: dict[str, list[bytes]] = defaultdict(list)
        found: list[Letter] = []
        for mail in caught:
            if mail.recipients == (address,) and (about := letters([mail], booking.id)):
                copies[str(mail.message["Message-ID"])].append(mail.message.as_bytes())
                found += about
        assert len(copies) == len(told), f"{len(copies)} mails of {len(told)} events"
        for same in copies.values():
            assert len(same) <= (2 if twice else 1)
            assert len(set(same)) == 1
        if address == booking.guest:
            assert _invitations(found) == _due(events)


async def mails_to(booking: Booking, address: str) -> list[str]:
    """Return the texts of the mails about a booking that somebody got."""
    caught = await booking.entente.stack.mail.messages(address)
    return [text_of(mail.message) for mail in caught if letters([mail], booking.id)]


def text_of(message: EmailMessage) -> str:
    """Return what people read in a mail without any colours."""
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


async def published(booking: Booking) -> list[BookingEvent]:
    """Return what was published about a booking, repetitions left out, and nothing of a twin."""
    found: dict[UUID, BookingEvent] = {}
    for record in await booking.entente.wire.records(topics.BOOKING_EVENTS):
        if booking.guest.encode() in (record.value or b""):
            envelope = Envelope.from_headers(record.headers)
            event = decode(envelope.type, record.value or b"")
            assert isinstance(event, BookingEvent)
            assert str(event.booking.booking_id) == booking.id, "the guest got two bookings"
            found.setdefault(envelope.id, event)
    return list(found.values())


def _invitations(found: Sequence[Letter]) -> set[tuple[str, str, int, str]]:
    return {(i.method, i.uid, i.sequence, i.start) for i in (one.invitation for one in found) if i}


def _due(events: Sequence[BookingEvent]) -> set[tuple[str, str, int, str]]:
    """Return what the invitations of a guest say: one for each change of a meeting that stands."""
    return {
        (
            _METHODS[type(event)],
            event.booking.uid,
            event.booking.sequence,
            f"{event.booking.slot.start:%Y-%m-%dT%H:%M%z}",
        )
        for event in events
        if type(event) in _METHODS and event.booking.slot
    }
