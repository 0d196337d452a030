"""Hosts as rows."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters import hours_json
from availability.adapters.revised_rows import end_rows, replace_rows
from availability.adapters.tables import host
from availability.application.changes import HostChange, every_month
from availability.application.endings import Ending
from availability.application.project_hosts import ProjectedHost


class PostgresHosts:
    """A projection of hosts within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, told: Collection[ProjectedHost]) -> Collection[HostChange]:
        """Replace hosts; all their months may differ, as their zones say when dates begin."""
        columns = host.c
        replaced = await replace_rows(
            self._session,
            host,
            {
                columns.host_id: [it.host_id for it in told],
                columns.tenant_id: [it.tenant_id for it in told],
                columns.revision: [it.revision for it in told],
                columns.ended: [False for _ in told],
                columns.active: [it.active for it in told],
                columns.timezone: [it.timezone for it in told],
                columns.working_hours: [hours_json.to_json(it.hours) for it in told],
            },
        )
        return every_month((row.host_id, row.tenant_id) for row in replaced)

    async def end(self, ends: Collection[Ending]) -> Collection[HostChange]:
        """Forget hosts, but for the revisions that keep older records out."""
        ended = await end_rows(self._session, host, ends, ended=True)
        return every_month((row.host_id, row.tenant_id) for row in ended)
