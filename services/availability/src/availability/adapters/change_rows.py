"""Marks that what is announced of a host may be out of date, as rows."""

from collections.abc import Collection

from messaging import propagation
from sqlalchemy import insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.tables import host_change
from availability.adapters.unnest import unnested
from availability.application.changes import HostChange


class PostgresChanges:
    """`Changes` within the session's transaction.

    Rows are only ever added, so writers never wait for each other or for the announcer.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, changes: Collection[HostChange]) -> None:
        """Keep changes."""
        if not changes:
            return
        columns = host_change.c
        given = unnested(
            {
                columns.host_id: [change.host_id for change in changes],
                columns.tenant_id: [change.tenant_id for change in changes],
                columns.month: [change.month for change in changes],
            }
        )
        names = [*given.c.keys(), "trace"]
        trace = literal(propagation.inject(), JSONB)
        await self._session.execute(insert(host_change).from_select(names, select(given, trace)))
