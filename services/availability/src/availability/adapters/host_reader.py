"""Reads hosts with all that is known of their time.

Packed time is that of all calendars of a host together and is handed on with the first of them:
where it matters which calendar said what, occurrences are read by name.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from messaging.connections import Connections
from msgspec.json import decode

from availability.adapters import hours_json
from availability.adapters.host_query import statement
from availability.application.ports import Detail, KnownHost
from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.host import (
    AllDayOccurrence,
    Calendar,
    Claim,
    ClaimStatus,
    ConnectionState,
    Host,
    Occurrence,
    TimedOccurrence,
)
from availability.domain.intervals import Interval, unpacked
from availability.domain.wall_clock import zone_named

_STATEMENTS = {detail: statement(detail) for detail in Detail}
_STATES = {state.value: state for state in BusyState}
_CONNECTIONS = {state.value: state for state in ConnectionState}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PostgresHostReader:
    """`HostReader` on connections of its own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def read(
        self,
        tenant_id: str,
        host_ids: Collection[UUID],
        *,
        span: Interval,
        claims_span: Interval,
        detail: Detail,
    ) -> Mapping[UUID, KnownHost]:
        """Return the tenant's active hosts among `host_ids`, as of one moment."""
        bounds = map(_instant, (*span, *claims_span))
        rows = await self._connections.fetch(_STATEMENTS[detail], tenant_id, host_ids, *bounds)
        return {row["host_id"]: _known_host(row) for row in rows}


def _known_host(row: asyncpg.Record) -> KnownHost:
    known_bookings: set[UUID] = set()
    occurrences: dict[str, list[Occurrence]] = {}
    if row["named"]:
        _collect(occurrences, _timed(decode(row["named"]), known_bookings))
    if row["dated"]:
        _collect(occurrences, _dated(decode(row["dated"]), known_bookings))
    timed = {state: unpacked(row[state]) for state in PRECEDENCE if row[state]}
    calendars: list[Calendar] = []
    faults: dict[UUID, str] = {}
    for calendar_id, status, fault, months, as_of in decode(row["calendars"] or b"[]"):
        calendar = Calendar(
            calendar_id=UUID(calendar_id),
            as_of=as_of,
            months_known=frozenset(months or ()),
            timed={} if calendars else timed,
            occurrences=occurrences.get(calendar_id, ()),
            connection=_CONNECTIONS[status],
        )
        calendars.append(calendar)
        if fault:
            faults[calendar.calendar_id] = fault
    host = Host(
        host_id=row["host_id"],
        zone=zone_named(row["timezone"]),
        hours=hours_json.from_json(row["working_hours"]),
        calendars=calendars,
        claims=_claims(row["claims"]) if row["claims"] else (),
        known_bookings=frozenset(known_bookings),
    )
    return KnownHost(host, faults)


def _collect(
    occurrences: dict[str, list[Occurrence]], found: Iterable[tuple[str, Occurrence]]
) -> None:
    for calendar_id, occurrence in found:
        occurrences.setdefault(calendar_id, []).append(occurrence)


def _timed(found: Iterable[Any], known_bookings: set[UUID]) -> Iterator[tuple[str, Occurrence]]:
    for calendar_id, start, end, state, occurrence_id, booking, known in found:
        booking_id = _booking(booking, known, known_bookings)
        yield (
            calendar_id,
            TimedOccurrence(start, end, _STATES[state], occurrence_id, booking_id),
        )


def _dated(found: Iterable[Any], known_bookings: set[UUID]) -> Iterator[tuple[str, Occurrence]]:
    for calendar_id, start, end, state, occurrence_id, booking, known in found:
        booking_id = _booking(booking, known, known_bookings)
        first, after = date.fromisoformat(start), date.fromisoformat(end)
        yield calendar_id, AllDayOccurrence(first, after, _STATES[state], occurrence_id, booking_id)


def _booking(text: str | None, known: bool, known_bookings: set[UUID]) -> UUID | None:
    if text is None:
        return None
    booking_id = UUID(text)
    if known:
        known_bookings.add(booking_id)
    return booking_id


def _claims(text: str) -> list[Claim]:
    return [
        Claim(
            UUID(booking_id),
            start,
            end,
            ClaimStatus.HELD if held else ClaimStatus.CONFIRMED,
            before,
            after,
        )
        for booking_id, start, end, held, before, after in decode(text)
    ]


def _instant(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)
