"""Bookings and the time they take, as rows."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.tables import booking, claim
from availability.adapters.unnest import unnested
from availability.application.changes import HostChange
from availability.application.endings import Ending
from availability.application.project_bookings import ProjectedBooking, ProjectedClaim
from availability.domain.months import month_of


class PostgresBookings:
    """`Bookings` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, bookings: Collection[ProjectedBooking]) -> Collection[HostChange]:
        """Replace bookings with all their claims; the months of old and new ones may differ."""
        if not bookings:
            return ()
        columns = booking.c
        ordered = sorted(bookings, key=attrgetter("booking_id"))
        given = unnested(
            {
                columns.booking_id: [it.booking_id for it in ordered],
                columns.tenant_id: [it.tenant_id for it in ordered],
                columns.revision: [it.revision for it in ordered],
                columns.ended: [False for _ in ordered],
            }
        )
        statement = insert(booking).from_select(list(given.c.keys()), select(given))
        applied = await self._session.scalars(
            statement.on_conflict_do_update(
                index_elements=[columns.booking_id],
                set_={it.name: it for it in statement.excluded},
                where=columns.revision <= statement.excluded.revision,
            ).returning(columns.booking_id)
        )
        replaced = set(applied)
        changed = await self._release(replaced)
        rows = [
            _row(it, taken) for it in ordered if it.booking_id in replaced for taken in it.claims
        ]
        if rows:
            await self._session.execute(plain_insert(claim), rows)
        return {*changed, *(month for row in rows for month in _months(row))}

    async def end(self, ends: Collection[Ending]) -> Collection[HostChange]:
        """Forget bookings, but for the revision that keeps older records out."""
        if not ends:
            return ()
        columns = booking.c
        given = unnested(
            {
                columns.booking_id: [end.id for end in ends],
                columns.revision: [end.revision for end in ends],
            }
        )
        applied = await self._session.scalars(
            update(booking)
            .where(columns.booking_id == given.c.booking_id)
            .where(given.c.revision.is_(None) | (columns.revision <= given.c.revision))
            .values(ended=True, revision=func.greatest(columns.revision, given.c.revision))
            .returning(columns.booking_id)
        )
        return await self._release(set(applied))

    async def _release(self, booking_ids: Collection[UUID]) -> Collection[HostChange]:
        if not booking_ids:
            return ()
        given = unnested({booking.c.booking_id: list(booking_ids)})
        rows = await self._session.execute(
            delete(claim).where(claim.c.booking_id == given.c.booking_id).returning(claim)
        )
        mappings: Iterable[Any] = rows.mappings()
        return {month for row in mappings for month in _months(row)}


def _row(known: ProjectedBooking, it: ProjectedClaim) -> dict[str, Any]:
    return {
        "booking_id": known.booking_id,
        "tenant_id": known.tenant_id,
        "host_id": it.host_id,
        "starts": it.start,
        "ends": it.end,
        "held": it.held,
        "buffer_before": it.buffer_before,
        "buffer_after": it.buffer_after,
        "reaches_from": it.start - it.buffer_before,
        "reaches_until": it.end + it.buffer_after,
    }


def _months(row: Any) -> Iterator[HostChange]:
    first, last = _month(row["reaches_from"]), _month(row["reaches_until"])
    for month in range(first, last + 1):
        yield HostChange(row["host_id"], row["tenant_id"], month)


def _month(instant: datetime) -> int:
    return month_of(instant.astimezone(UTC).date())
