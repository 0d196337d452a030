"""Calendars as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import calendar as _table
from connector.domain.calendar import Calendar, CalendarStatus, Fault, Provider, Switches
from connector.domain.source import Capabilities, Conferencing

_STALENESS = "max_staleness"
_SWITCHES = ("blocks_availability", "visible_to_owner", "is_default")


class PostgresCalendars:
    """`Calendars` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, calendar: Calendar) -> None:
        """Keep a new calendar."""
        await self._session.execute(insert(_table).values(_row(calendar)))

    async def get(self, tenant_id: str, calendar_id: UUID) -> Calendar | None:
        """Return the calendar, None in another tenant."""
        query = select(_table).where(_table.c.id == calendar_id, _table.c.tenant_id == tenant_id)
        return next(iter(await self._calendars(query)), None)

    async def lock(self, calendar_id: UUID) -> Calendar:
        """Return the calendar, locked."""
        query = select(_table).where(_table.c.id == calendar_id).with_for_update()
        (found,) = await self._calendars(query)
        return found

    async def of_host(self, host_id: UUID) -> Sequence[Calendar]:
        """Return the calendars of a host, oldest first."""
        return await self._calendars(_of_host(host_id))

    async def lock_of_host(self, host_id: UUID) -> Sequence[Calendar]:
        """Return the same, locked."""
        return await self._calendars(_of_host(host_id).with_for_update())

    async def save(self, calendar: Calendar) -> None:
        """Keep the changed calendar."""
        await self._session.execute(
            update(_table).where(_table.c.id == calendar.id).values(_row(calendar))
        )

    async def _calendars(self, query: Select[Any]) -> Sequence[Calendar]:
        return [_calendar(row) for row in (await self._session.execute(query)).mappings()]


def _of_host(host_id: UUID) -> Select[Any]:
    # Ids are UUIDv7: their order is that of creation.
    return select(_table).where(_table.c.host_id == host_id).order_by(_table.c.id)


def _row(state: Calendar) -> dict[str, Any]:
    row: dict[str, Any] = asdict(state)
    row |= row.pop("switches")
    row["capabilities"][_STALENESS] = state.capabilities.max_staleness.total_seconds()
    return row


def _calendar(row: Mapping[Any, Any]) -> Calendar:
    values: dict[str, Any] = dict(row)
    can: dict[str, Any] = values["capabilities"]
    can |= {
        _STALENESS: timedelta(seconds=can[_STALENESS]),
        "conferencing": Conferencing(can["conferencing"]),
    }
    values |= {
        "provider": Provider(values["provider"]),
        "status": CalendarStatus(values["status"]),
        "fault": Fault(values["fault"]) if values["fault"] else None,
        "switches": Switches(**{name: values.pop(name) for name in _SWITCHES}),
        "capabilities": Capabilities(**can),
    }
    return Calendar(**values)
