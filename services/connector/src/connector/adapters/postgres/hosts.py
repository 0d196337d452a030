"""Hosts as rows."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import host as _table
from connector.domain.host import Host


class PostgresHosts:
    """`Hosts` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, tenant_id: str, host_id: UUID) -> Host | None:
        """Return the host, None in another tenant."""
        query = select(_table).where(_table.c.id == host_id, _table.c.tenant_id == tenant_id)
        row = (await self._session.execute(query)).mappings().one_or_none()
        return Host(**row) if row else None

    async def lock(self, host_id: UUID) -> Host:
        """Return the host, locked."""
        query = select(_table).where(_table.c.id == host_id).with_for_update()
        return Host(**(await self._session.execute(query)).mappings().one())

    async def project(self, host: Host) -> bool:
        """Keep the host unless a newer revision is known; tell whether it was kept."""
        values: dict[str, Any] = asdict(host)
        del values["settings_revision"]  # not the event's to say
        result = await self._session.execute(
            insert(_table)
            .values(values)
            .on_conflict_do_update(
                index_elements=[_table.c.id],
                set_=values,
                where=_table.c.revision < host.revision,
            )
        )
        return isinstance(result, CursorResult) and result.rowcount > 0

    async def count_settings(self, host_id: UUID) -> int:
        """Count a save of the settings; return the new revision."""
        statement = (
            update(_table)
            .where(_table.c.id == host_id)
            .values(settings_revision=_table.c.settings_revision + 1)
            .returning(_table.c.settings_revision)
        )
        return int((await self._session.execute(statement)).scalar_one())
