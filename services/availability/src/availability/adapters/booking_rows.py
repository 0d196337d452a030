"""Bookings and the time they take, as rows."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.tables import booking, claim
from availability.application.changes import HostChange
from availability.application.endings import Ending
from availability.application.project_bookings import ProjectedBooking, ProjectedClaim
from availability.domain.months import month_of


class PostgresBookings:
    """`Bookings` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, known: ProjectedBooking) -> Collection[HostChange]:
        """Replace a booking with all its claims; the months of the old and new ones may differ."""
        values = {
            "booking_id": known.booking_id,
            "tenant_id": known.tenant_id,
            "revision": known.revision,
            "ended": False,
        }
        statement = insert(booking).values(values)
        applied = await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[booking.c.booking_id],
                set_=values,
                where=booking.c.revision <= statement.excluded.revision,
            ).returning(booking.c.booking_id)
        )
        if applied.first() is None:
            return ()
        changed = await self._release(known.booking_id)
        rows = [_row(known, it) for it in known.claims]
        if rows:
            await self._session.execute(plain_insert(claim), rows)
        return {*changed, *(it for row in rows for it in _months(row, known.tenant_id))}

    async def end(self, end: Ending) -> Collection[HostChange]:
        """Forget a booking, but for the revision that keeps older records out."""
        statement = update(booking).where(booking.c.booking_id == end.id)
        if end.revision is not None:
            statement = statement.where(booking.c.revision <= end.revision)
        applied = await self._session.execute(
            statement.values(
                ended=True, revision=func.greatest(booking.c.revision, end.revision)
            ).returning(booking.c.booking_id)
        )
        return await self._release(end.id) if applied.first() else ()

    async def _release(self, booking_id: UUID) -> Collection[HostChange]:
        rows = await self._session.execute(
            delete(claim).where(claim.c.booking_id == booking_id).returning(claim)
        )
        mappings: Iterable[Any] = rows.mappings()
        return {it for row in mappings for it in _months(row, row["tenant_id"])}


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


def _months(row: Any, tenant_id: str) -> Iterator[HostChange]:
    first, last = _month(row["reaches_from"]), _month(row["reaches_until"])
    for month in range(first, last + 1):
        yield HostChange(row["host_id"], tenant_id, month)


def _month(instant: datetime) -> int:
    return month_of(instant.astimezone(UTC).date())
