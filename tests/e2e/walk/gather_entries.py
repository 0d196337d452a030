"""Entries as calendars hold them, and what was said of them on the way there."""

import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any
from uuid import UUID

from entente_contracts import Envelope, topics
from meetings import Span
from system import System
from walk.facts import CalendarEntry, SaidOfEntry
from walk.hands import OURS, Hands
from walk.stage import Diary

_TELLING = ("calendar_id", "booking_revision", "sequence", "status", "start", "slot", "reason")


async def entries(diaries: Iterable[Diary]) -> list[CalendarEntry]:
    """Return all that these calendars hold."""
    found: list[CalendarEntry] = []
    for diary in diaries:
        hands = Hands(diary.calendar)
        for opened in filter(None, [await hands.open(path) for path in await hands.paths()]):
            event = opened.event
            found.append(
                CalendarEntry(
                    host=diary.host.id,
                    calendar=UUID(diary.calendar.id),
                    uid=str(event["UID"]),
                    booking=UUID(str(event[OURS])) if OURS in event else None,
                    span=span_of(event),
                    status=str(event.get("STATUS", "")),
                )
            )
    return found


def span_of(event: Any) -> Span:
    """Return when a VEVENT takes place."""
    start = event.decoded("DTSTART").astimezone(UTC)
    if "DTEND" in event:
        return start, event.decoded("DTEND").astimezone(UTC)
    return start, start + event.decoded("DURATION")


async def said_of_entries(system: System) -> list[SaidOfEntry]:
    """Return commands and news of entries, each as often as it was published."""
    found: list[SaidOfEntry] = []
    for topic in (topics.CALENDAR_COMMANDS, topics.CALENDAR_ENTRIES):
        for record in await system.wire.records(topic):
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
