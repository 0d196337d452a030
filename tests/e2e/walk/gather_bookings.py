"""Bookings as booking keeps them, and as it published them."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from entente_contracts import BookingEvent, Envelope, decode, topics
from meetings import Span
from system import System
from walk.facts import Claim, Row, Told
from walk.quiet import database


async def rows(system: System) -> dict[UUID, Row]:
    """Return the bookings as their rows are."""
    async with database(system, "booking") as connection:
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


async def claims(system: System) -> list[Claim]:
    """Return the time that is claimed."""
    query = (
        "SELECT booking_id, host_id,"
        " array_agg(lower(span)) AS starts, array_agg(upper(span)) AS ends"
        " FROM slot_claim, unnest(during) AS span GROUP BY booking_id, host_id"
    )
    async with database(system, "booking") as connection:
        return [
            Claim(
                row["booking_id"],
                row["host_id"],
                tuple(sorted(zip(row["starts"], row["ends"], strict=True))),
            )
            for row in await connection.fetch(query)
        ]


async def told(system: System) -> dict[UUID, list[Told]]:
    """Return what was published about each booking, in order, repetitions left out."""
    found: dict[UUID, list[Told]] = defaultdict(list)
    seen: set[Any] = set()
    for record in await system.wire.records(topics.BOOKING_EVENTS):
        envelope = Envelope.from_headers(record.headers)
        if record.value is None or envelope.id in seen:
            continue
        seen.add(envelope.id)
        event = decode(envelope.type, record.value)
        if isinstance(event, BookingEvent):
            found[event.booking.booking_id].append(Told(envelope.time, event))
    return found
