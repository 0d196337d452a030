"""Reads hosts with all that is known of their time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
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
_Row = asyncpg.Record


class PostgresHostReader:
    """`HostReader` on a pool of connections of its own."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

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
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(_STATEMENTS[detail], tenant_id, host_ids, *bounds)
        by_host: dict[UUID, list[_Row]] = {}
        for row in rows:
            by_host.setdefault(row["host_id"], []).append(row)
        return {host_id: _known_host(of_host) for host_id, of_host in by_host.items()}


def _known_host(rows: Sequence[_Row]) -> KnownHost:
    first = rows[0]
    known_bookings: set[UUID] = set()
    calendars = [_calendar(row, known_bookings) for row in rows if row["calendar_id"]]
    host = Host(
        host_id=first["host_id"],
        zone=zone_named(first["timezone"]),
        hours=hours_json.from_json(first["working_hours"]),
        calendars=calendars,
        claims=_claims(first["claims"]) if first["claims"] else (),
        known_bookings=frozenset(known_bookings),
    )
    return KnownHost(host, {row["calendar_id"]: row["fault"] for row in rows if row["fault"]})


def _calendar(row: _Row, known_bookings: set[UUID]) -> Calendar:
    occurrences: list[Occurrence] = []
    if row["named"]:
        occurrences += _timed(decode(row["named"]), known_bookings)
    if row["dated"]:
        occurrences += _dated(decode(row["dated"]), known_bookings)
    return Calendar(
        calendar_id=row["calendar_id"],
        as_of=row["as_of"],
        months_known=frozenset(row["months"] or ()),
        timed={state: unpacked(row[state.value]) for state in PRECEDENCE if row[state.value]},
        occurrences=occurrences,
        connection=_CONNECTIONS[row["status"]],
    )


def _timed(found: Iterable[Any], known_bookings: set[UUID]) -> Iterable[Occurrence]:
    for start, end, state, occurrence_id, booking, known in found:
        yield TimedOccurrence(
            start, end, _STATES[state], occurrence_id, _booking(booking, known, known_bookings)
        )


def _dated(found: Iterable[Any], known_bookings: set[UUID]) -> Iterable[Occurrence]:
    for start, end, state, occurrence_id, booking, known in found:
        yield AllDayOccurrence(
            date.fromisoformat(start),
            date.fromisoformat(end),
            _STATES[state],
            occurrence_id,
            _booking(booking, known, known_bookings),
        )


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
