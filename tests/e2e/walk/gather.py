"""Gathering the facts, from public places where there are any and from databases else."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from entente_contracts import (
    BookingEvent,
    Envelope,
    NotificationFailed,
    NotificationSent,
    decode,
    topics,
)
from entente_contracts.topics import dead_letter
from icalendar import Calendar
from meetings import Span
from messaging.topology import installed
from walk.facts import (
    CalendarEntry,
    Claim,
    Facts,
    Invitation,
    Mail,
    Notice,
    Row,
    SaidOfEntry,
    Told,
)
from walk.hands import OURS, Hands
from walk.history import History
from walk.quiet import database
from walk.stage import Stage
from walk.times import BEGIN, END

_TELLING = ("calendar_id", "booking_revision", "sequence", "status", "start", "slot", "reason")
_FEED_MINUTES = timedelta(minutes=30)


async def gather(stage: Stage, history: History) -> Facts:
    """Return the facts as they are now."""
    entries = await _entries(stage)
    foreign: dict[UUID, list[Span]] = defaultdict(list)
    for entry in entries:
        if entry.booking is None:
            foreign[entry.host].append(entry.span)
    foreign[stage.feed_host.id] = [
        (start.astimezone(UTC), start.astimezone(UTC) + _FEED_MINUTES) for start in history.fed
    ]
    return Facts(
        rows=await _rows(stage),
        claims=await _claims(stage),
        told=await _told(stage),
        writable={UUID(d.calendar.id): d.host.id for d in stage.diaries},
        entries=[entry for entry in entries if entry.booking is not None],
        foreign=foreign,
        mails=_mails(stage),
        notices=await _notices(stage),
        ledger=await _ledger(stage),
        busy={host.id: await host.busy(BEGIN, END) or () for host in stage.hosts},
        asked=history.asked,
        answered={UUID(known.id): known.seen["revision"] for known in history.known},
        deeds=history.deeds,
        refused_guests=frozenset(history.refused_guests),
        kills=history.kills,
        said_of_entries=await _said_of_entries(stage),
        dead_letters=await _dead_letters(stage),
    )


async def _rows(stage: Stage) -> dict[UUID, Row]:
    async with database(stage, "booking") as connection:
        found = await connection.fetch("SELECT state::text FROM booking")
    return {row.id: row for row in (_row(json.loads(one["state"])) for one in found)}


def _row(state: Any) -> Row:
    terms = state["terms"]
    return Row(
        id=UUID(state["id"]),
        status=state["status"],
        revision=state["revision"],
        sequence=state["sequence"],
        uid=state["uid"],
        guest=state["guest"]["address"],
        hosts=tuple(sorted(UUID(host["host_id"]) for host in state["hosts"])),
        dates=tuple((option["uid"], _span(option["slot"])) for option in state["options"]),
        slot=_span(state["slot"]) if "slot" in state else None,
        holds=terms["holds"],
        before=timedelta(minutes=terms["buffer_before_minutes"]),
        after=timedelta(minutes=terms["buffer_after_minutes"]),
        failed_calendars=frozenset(
            UUID(entry["calendar_id"]) for entry in state["entries"] if entry["known"] == "failed"
        ),
    )


def _span(slot: Any) -> Span:
    start, end = (datetime.fromisoformat(slot[edge]).astimezone(UTC) for edge in ("start", "end"))
    return start, end


async def _claims(stage: Stage) -> list[Claim]:
    query = (
        "SELECT booking_id, host_id,"
        " array_agg(lower(span)) AS starts, array_agg(upper(span)) AS ends"
        " FROM slot_claim, unnest(during) AS span GROUP BY booking_id, host_id"
    )
    async with database(stage, "booking") as connection:
        return [
            Claim(
                row["booking_id"],
                row["host_id"],
                tuple(sorted(zip(row["starts"], row["ends"], strict=True))),
            )
            for row in await connection.fetch(query)
        ]


async def _told(stage: Stage) -> dict[UUID, list[Told]]:
    """Return what was published about each booking, in order, repetitions left out."""
    found: dict[UUID, list[Told]] = defaultdict(list)
    seen: set[Any] = set()
    for record in await stage.entente.wire.records(topics.BOOKING_EVENTS):
        envelope = Envelope.from_headers(record.headers)
        if record.value is None or envelope.id in seen:
            continue
        seen.add(envelope.id)
        event = decode(envelope.type, record.value)
        if isinstance(event, BookingEvent):
            found[event.booking.booking_id].append(Told(envelope.time, event))
    return found


async def _entries(stage: Stage) -> list[CalendarEntry]:
    found: list[CalendarEntry] = []
    for diary in stage.diaries:
        hands = Hands(diary.calendar)
        for opened in filter(None, [await hands.open(path) for path in await hands.paths()]):
            event = opened.event
            found.append(
                CalendarEntry(
                    host=diary.host.id,
                    calendar=UUID(diary.calendar.id),
                    uid=str(event["UID"]),
                    booking=UUID(str(event[OURS])) if OURS in event else None,
                    span=_span_of(event),
                    status=str(event.get("STATUS", "")),
                )
            )
    return found


def _span_of(event: Any) -> Span:
    start = event.decoded("DTSTART").astimezone(UTC)
    if "DTEND" in event:
        return start, event.decoded("DTEND").astimezone(UTC)
    return start, start + event.decoded("DURATION")


def _mails(stage: Stage) -> list[Mail]:
    return [
        Mail(
            at=taken.at,
            message_id=str(taken.message["Message-ID"]),
            recipient=taken.recipient,
            digest=hashlib.sha256(taken.content).hexdigest(),
            invitation=_invitation(taken.message),
        )
        for taken in stage.post.accepted
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
                span=_span_of(event),
            )
    return None


async def _notices(stage: Stage) -> list[Notice]:
    found: set[Notice] = set()
    for record in await stage.entente.wire.records(topics.NOTIFICATION_EVENTS):
        event = decode(Envelope.from_headers(record.headers).type, record.value or b"")
        outcome = {NotificationSent: "sent", NotificationFailed: "failed"}.get(type(event))  # pyright: ignore[reportArgumentType] # any event
        if not isinstance(event, NotificationSent | NotificationFailed) or outcome is None:
            continue
        if isinstance(event, NotificationFailed) and not event.permanent:
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


async def _ledger(stage: Stage) -> list[Notice]:
    query = (
        "SELECT about, revision, party, kind, mail_id, message_id, state FROM mail"
        " WHERE kind <> 'connection_broken'"
    )
    async with database(stage, "notifier") as connection:
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


async def _said_of_entries(stage: Stage) -> list[SaidOfEntry]:
    found: list[SaidOfEntry] = []
    for topic in (topics.CALENDAR_COMMANDS, topics.CALENDAR_ENTRIES):
        for record in await stage.entente.wire.records(topic):
            envelope = Envelope.from_headers(record.headers)
            said: Any = json.loads(record.value or b"{}")
            if "booking_id" not in said:
                continue
            kind = envelope.type.split(".")[-2]
            details = {name: said[name] for name in _TELLING if name in said}
            found.append(
                SaidOfEntry(
                    envelope.time,
                    UUID(said["booking_id"]),
                    kind if "command_id" in said else f"{kind} by hand",
                    " ".join(f"{name}={value}" for name, value in details.items()),
                )
            )
    return found


async def _dead_letters(stage: Stage) -> Sequence[str]:
    return [
        f"{topic.name} of {group}: {record.headers}"
        for group, read in installed().items()
        for topic in read
        for record in await stage.entente.wire.records(dead_letter(topic, group))
    ]
