"""What in-house systems pushed last, as rows."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import source_push
from connector.application.store import Push


class PostgresPushes:
    """`Pushes` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def last(self, calendar_id: UUID) -> Push | None:
        """Return the last push."""
        query = select(source_push.c.sequence, source_push.c.digest).where(
            source_push.c.calendar_id == calendar_id
        )
        row = (await self._session.execute(query)).mappings().one_or_none()
        return Push(**row) if row else None

    async def note(self, calendar_id: UUID, tenant_id: str, push: Push) -> None:
        """Note the last push."""
        await self._session.execute(
            insert(source_push)
            .values(calendar_id=calendar_id, tenant_id=tenant_id, **asdict(push))
            .on_conflict_do_update(index_elements=[source_push.c.calendar_id], set_=asdict(push))
        )
