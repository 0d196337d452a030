"""Which months were announced, as rows; and the events that broke a picture."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import broken_event, month_picture
from connector.domain.expansion import BrokenEvent, BrokenReason


class PostgresPictures:
    """`Pictures` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def digests(self, calendar_id: UUID) -> Mapping[str, bytes]:
        """Return the digests by month (`yyyy-mm`)."""
        query = select(month_picture.c.month, month_picture.c.digest).where(
            month_picture.c.calendar_id == calendar_id
        )
        return {row.month: row.digest for row in await self._session.execute(query)}

    async def put(
        self, calendar_id: UUID, tenant_id: str, digests: Mapping[str, bytes], *, revision: int
    ) -> None:
        """Note months as announced."""
        if not digests:
            return
        rows = [
            {
                "calendar_id": calendar_id,
                "month": month,
                "tenant_id": tenant_id,
                "digest": digest,
                "revision": revision,
            }
            for month, digest in digests.items()
        ]
        statement = insert(month_picture).values(rows)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[month_picture.c.calendar_id, month_picture.c.month],
                set_={
                    "digest": statement.excluded.digest,
                    "revision": statement.excluded.revision,
                },
            )
        )

    async def remove(self, calendar_id: UUID, months: Collection[str]) -> None:
        """Note months as ended."""
        await self._session.execute(
            delete(month_picture).where(
                month_picture.c.calendar_id == calendar_id, month_picture.c.month.in_(months)
            )
        )


class PostgresBrokenEvents:
    """`BrokenEvents` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, calendar_id: UUID) -> Sequence[BrokenEvent]:
        """Return what is broken at present."""
        query = (
            select(broken_event)
            .where(broken_event.c.calendar_id == calendar_id)
            .order_by(broken_event.c.position)
        )
        rows = await self._session.execute(query)
        return [BrokenEvent(row.uid, BrokenReason(row.reason), row.line) for row in rows]

    async def replace(
        self, calendar_id: UUID, tenant_id: str, broken: Sequence[BrokenEvent]
    ) -> None:
        """Replace what is known to be broken."""
        await self._session.execute(
            delete(broken_event).where(broken_event.c.calendar_id == calendar_id)
        )
        rows = [
            {
                "calendar_id": calendar_id,
                "position": position,
                "tenant_id": tenant_id,
                "uid": event.uid,
                "reason": event.reason.value,
                "line": event.line,
            }
            for position, event in enumerate(broken)
        ]
        if rows:
            await self._session.execute(insert(broken_event), rows)
