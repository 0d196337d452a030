"""Bookings and the time they take, as rows."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.revised_rows import end_rows, replace_rows
from availability.adapters.tables import booking, claim
from availability.adapters.unnest import array_text, unnested
from availability.application.changes import HostChange
from availability.application.endings import Ending
from availability.application.project_bookings import ProjectedBooking, ProjectedClaim
from availability.domain.intervals import bounds_of
from availability.domain.months import month_at, month_of


class PostgresBookings:
    """A projection of bookings within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(self, told: Collection[ProjectedBooking]) -> Collection[HostChange]:
        """Replace bookings with all their claims; the months of old and new ones may differ.

        So may those in which entries were meetings until the booking became known.
        """
        columns = booking.c
        replaced = await replace_rows(
            self._session,
            booking,
            {
                columns.booking_id: [it.booking_id for it in told],
                columns.tenant_id: [it.tenant_id for it in told],
                columns.revision: [it.revision for it in told],
                columns.ended: [False for _ in told],
                columns.host_ids: [array_text(it.host_ids) for it in told],
                columns.times: [array_text(bounds_of(it.times)) for it in told],
            },
        )
        booking_ids = {row.booking_id for row in replaced}
        changed = await self._release(booking_ids)
        rows = [
            _row(it, taken) for it in told if it.booking_id in booking_ids for taken in it.claims
        ]
        if rows:
            await self._session.execute(insert(claim), rows)
        return {
            *changed,
            *(month for row in rows for month in _months(row)),
            *(month for row in replaced for month in _months_of_entries(row)),
        }

    async def end(self, ends: Collection[Ending]) -> Collection[HostChange]:
        """Forget bookings, but for the revisions that keep older records out."""
        ended = await end_rows(self._session, booking, ends, ended=True)
        released = await self._release({row.booking_id for row in ended})
        return {*released, *(month for row in ended for month in _months_of_entries(row))}

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


def _months_of_entries(row: Any) -> Iterator[HostChange]:
    bounds = row.times or ()
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        for month in range(month_at(start), month_at(end - 1) + 1):
            for host_id in row.host_ids:
                yield HostChange(host_id, row.tenant_id, month)


def _month(instant: datetime) -> int:
    return month_of(instant.astimezone(UTC).date())
