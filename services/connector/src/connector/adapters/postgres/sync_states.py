"""Sync states as rows."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import calendar, calendar_sync
from connector.domain.sync_state import SyncState

DUE_CHANNEL = "calendar_due"
_WAKE = text(f"SELECT pg_notify('{DUE_CHANNEL}', '')")
_STATE = [c for c in calendar_sync.c if c.name not in {"server", "lease_until"}]


class PostgresSyncStates:
    """`SyncStates` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, state: SyncState, *, server: str) -> None:
        """Keep the state of a new calendar; wake the scheduler if it is due."""
        await self._session.execute(insert(calendar_sync).values(**asdict(state), server=server))
        if state.next_sync_at:
            await self._session.execute(_WAKE)

    async def get(self, calendar_id: UUID) -> SyncState:
        """Return the state."""
        query = select(*_STATE).where(calendar_sync.c.calendar_id == calendar_id)
        return _state((await self._session.execute(query)).mappings().one())

    async def lock(self, calendar_id: UUID) -> SyncState:
        """Return the state, locked."""
        query = select(*_STATE).where(calendar_sync.c.calendar_id == calendar_id).with_for_update()
        return _state((await self._session.execute(query)).mappings().one())

    async def save(self, state: SyncState) -> None:
        """Keep the changed state; without a lease its end is forgotten too."""
        values: dict[str, Any] = asdict(state)
        if state.lease is None:
            values["lease_until"] = None
        await self._session.execute(
            update(calendar_sync)
            .where(calendar_sync.c.calendar_id == state.calendar_id)
            .values(values)
        )

    async def wake(self, calendar_ids: Collection[UUID], *, at: datetime) -> None:
        """Make calendars that are read due, once however often asked, and wake the scheduler."""
        await self._advance(calendar_sync.c.calendar_id.in_(calendar_ids), at)

    async def look_again(self, calendar_id: UUID, *, at: datetime) -> None:
        """Make the calendar due, and its next reading make the picture whatever it brings."""
        await self._session.execute(
            update(calendar_sync)
            .where(calendar_sync.c.calendar_id == calendar_id)
            .values(basis=None)
        )
        await self.wake({calendar_id}, at=at)

    async def wake_host(self, host_id: UUID, *, at: datetime) -> None:
        """Make all calendars of a host due."""
        of_host = select(calendar.c.id).where(calendar.c.host_id == host_id)
        await self._advance(calendar_sync.c.calendar_id.in_(of_host), at)

    async def _advance(self, which: ColumnElement[bool], at: datetime) -> None:
        # A calendar being read now is read once more, as the reading may have begun too early.
        await self._session.execute(
            update(calendar_sync)
            .where(which, calendar_sync.c.next_sync_at.is_not(None))
            .where(or_(calendar_sync.c.next_sync_at > at, calendar_sync.c.lease.is_not(None)))
            .values(next_sync_at=at)
        )
        await self._session.execute(_WAKE)


def _state(row: Mapping[Any, Any]) -> SyncState:
    return SyncState(**row)
