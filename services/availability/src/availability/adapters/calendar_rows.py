"""Calendars as rows."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.revised_rows import end_rows, replace_rows
from availability.adapters.tables import calendar
from availability.application.changes import HostChange, every_month
from availability.application.endings import Ending
from availability.application.project_calendars import ProjectedCalendar


class PostgresCalendars:
    """A projection of calendars within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, told: Collection[ProjectedCalendar]) -> Collection[HostChange]:
        """Replace calendars; all months of their hosts may differ."""
        columns = calendar.c
        replaced = await replace_rows(
            self._session,
            calendar,
            {
                columns.calendar_id: [it.calendar_id for it in told],
                columns.tenant_id: [it.tenant_id for it in told],
                columns.host_id: [it.host_id for it in told],
                columns.revision: [it.revision for it in told],
                columns.removed: [it.removed for it in told],
                columns.blocks: [it.blocks for it in told],
                columns.status: [it.connection.value for it in told],
                columns.fault: [it.fault for it in told],
            },
        )
        return every_month((row.host_id, row.tenant_id) for row in replaced)

    async def end(self, ends: Collection[Ending]) -> Collection[HostChange]:
        """Forget calendars, but for the revisions that keep older records out."""
        ended = await end_rows(self._session, calendar, ends, removed=True)
        return every_month((row.host_id, row.tenant_id) for row in ended)
