"""Reads hosts with all that is known of their time."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from uuid import UUID

import asyncpg
from messaging.connections import Connections
from msgspec.json import decode

from availability.adapters import hours_json
from availability.adapters.host_query import statement
from availability.adapters.month_content import from_text, unpacked
from availability.application.ports import Detail
from availability.domain.host import Calendar, Claim, ClaimStatus, ConnectionState, Host
from availability.domain.intervals import Interval, Packed
from availability.domain.months import month_at
from availability.domain.wall_clock import DAY, zone_named

_STATEMENTS = {detail: statement(detail) for detail in Detail}
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
    ) -> Mapping[UUID, Host]:
        """Return the tenant's active hosts among `host_ids`, as of one moment."""
        # A date belongs to its host's zone: what is on it may lie in the next month in UTC.
        months = month_at(span[0] - DAY), month_at(span[1] + DAY)
        rows = await self._connections.fetch(
            _STATEMENTS[detail], tenant_id, host_ids, *months, *map(_instant, claims_span)
        )
        by_host: dict[UUID, list[asyncpg.Record]] = {}
        for row in rows:
            by_host.setdefault(row["host_id"], []).append(row)
        return {host_id: _host(found, span) for host_id, found in by_host.items()}


def _host(rows: Sequence[asyncpg.Record], span: Interval) -> Host:
    host = rows[0]
    calendars = [_calendar(row, span) for row in rows if row["calendar_id"] is not None]
    if len(calendars) > 1:
        calendars.sort(key=attrgetter("calendar_id"))
    return Host(
        host_id=host["host_id"],
        zone=zone_named(host["timezone"]),
        hours=hours_json.from_json(host["working_hours"]),
        calendars=calendars,
        claims=_claims(host["claims"]) if host["claims"] else (),
        known_bookings={
            booking_id: times
            for row in rows
            if row["known_bookings"]
            for booking_id, times in _times(row["known_bookings"])
        },
    )


def _calendar(row: asyncpg.Record, span: Interval) -> Calendar:
    bare, occurrences = row["bare"], row["occurrences"]
    return Calendar(
        calendar_id=row["calendar_id"],
        as_of=row["as_of"],
        months_known=frozenset(row["months"] or ()),
        timed=unpacked(bare, span) if bare else {},
        occurrences=[it for text in occurrences for it in from_text(text, span)]
        if occurrences
        else (),
        connection=_CONNECTIONS[row["status"]],
        fault=row["fault"],
    )


def _times(text: str) -> Iterator[tuple[UUID, Sequence[Interval]]]:
    for booking_id, bounds in decode(text):
        yield UUID(booking_id), Packed(array("q", bounds or ()))


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
