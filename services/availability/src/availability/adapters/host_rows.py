"""Hosts as rows."""

from collections.abc import Collection

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters import hours_json
from availability.adapters.tables import host
from availability.application.changes import HostChange
from availability.application.endings import Ending
from availability.application.project_hosts import ProjectedHost


class PostgresHosts:
    """`Hosts` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, known: ProjectedHost) -> Collection[HostChange]:
        """Replace a host; all its months may differ, as its zone says when dates begin."""
        values = {
            "host_id": known.host_id,
            "tenant_id": known.tenant_id,
            "revision": known.revision,
            "ended": False,
            "active": known.active,
            "timezone": known.timezone,
            "working_hours": hours_json.to_json(known.hours),
        }
        statement = insert(host).values(values)
        applied = await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[host.c.host_id],
                set_=values,
                where=host.c.revision <= statement.excluded.revision,
            ).returning(host.c.host_id)
        )
        return {HostChange(row.host_id, known.tenant_id, None) for row in applied}

    async def end(self, end: Ending) -> Collection[HostChange]:
        """Forget a host, but for the revision that keeps older records out."""
        statement = update(host).where(host.c.host_id == end.id)
        if end.revision is not None:
            statement = statement.where(host.c.revision <= end.revision)
        applied = await self._session.execute(
            statement.values(
                ended=True, revision=func.greatest(host.c.revision, end.revision)
            ).returning(host.c.host_id, host.c.tenant_id)
        )
        return {HostChange(row.host_id, row.tenant_id, None) for row in applied}
