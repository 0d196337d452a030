"""Calendars as rows."""

from collections.abc import Collection

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.tables import calendar
from availability.application.changes import HostChange
from availability.application.endings import Ending
from availability.application.project_calendars import ProjectedCalendar


class PostgresCalendars:
    """`Calendars` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, known: ProjectedCalendar) -> Collection[HostChange]:
        """Replace a calendar; all months of its host may differ."""
        values = {
            "calendar_id": known.calendar_id,
            "tenant_id": known.tenant_id,
            "host_id": known.host_id,
            "revision": known.revision,
            "removed": known.removed,
            "blocks": known.blocks,
            "status": known.connection.value,
            "fault": known.fault,
        }
        statement = insert(calendar).values(values)
        applied = await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[calendar.c.calendar_id],
                set_=values,
                where=calendar.c.revision <= statement.excluded.revision,
            ).returning(calendar.c.host_id)
        )
        return {HostChange(row.host_id, known.tenant_id, None) for row in applied}

    async def end(self, end: Ending) -> Collection[HostChange]:
        """Forget a calendar, but for the revision that keeps older records out."""
        statement = update(calendar).where(calendar.c.calendar_id == end.id)
        if end.revision is not None:
            statement = statement.where(calendar.c.revision <= end.revision)
        applied = await self._session.execute(
            statement.values(
                removed=True, revision=func.greatest(calendar.c.revision, end.revision)
            ).returning(calendar.c.host_id, calendar.c.tenant_id)
        )
        return {HostChange(row.host_id, row.tenant_id, None) for row in applied}
