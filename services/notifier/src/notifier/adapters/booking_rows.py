"""Bookings as last heard of, and their reminders, as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import entente_contracts as contracts
from pydantic_core import from_json, to_json
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.adapters.tables import booking, reminder
from notifier.application.read_booking import booking_of
from notifier.domain.booking import Booking
from notifier.domain.reminders import Timer

# Two events about a new booking would both find no row to lock.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:booking_id, 0))")


class PostgresBookings:
    """`Bookings` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, booking_id: UUID) -> Booking | None:
        """Return the booking as last heard of, and keep others from changing it."""
        await self._session.execute(_LOCK, {"booking_id": f"notifier.booking.{booking_id}"})
        query = select(booking).where(booking.c.booking_id == booking_id)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _read(row.document, row.tenant_id)

    async def put(self, heard: Booking, document: bytes) -> None:
        """Replace what was heard; `document` is the booking as the event carried it."""
        values = {
            "tenant_id": heard.tenant_id,
            "revision": heard.revision,
            "document": from_json(document),
        }
        await self._session.execute(
            insert(booking)
            .values(booking_id=heard.id, **values)
            .on_conflict_do_update(index_elements=["booking_id"], set_=values)
        )


class PostgresTimers:
    """`Timers` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, booking_id: UUID, timers: Sequence[Timer]) -> None:
        """Replace a booking's reminders."""
        await self._session.execute(delete(reminder).where(reminder.c.booking_id == booking_id))
        if timers:
            await self._session.execute(
                insert(reminder),
                [
                    {
                        "booking_id": booking_id,
                        "minutes_before": t.minutes_before,
                        "due_at": t.due_at,
                    }
                    for t in timers
                ],
            )

    async def take_due(self, now: datetime, most: int) -> Sequence[tuple[Booking, int]]:
        """Remove due reminders; return each booking once, with its least minutes before."""
        due = (
            select(reminder.c.booking_id, reminder.c.minutes_before)
            .where(reminder.c.due_at <= now)
            .order_by(reminder.c.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        taken = await self._session.execute(
            delete(reminder)
            .where(
                reminder.c.booking_id == due.c.booking_id,
                reminder.c.minutes_before == due.c.minutes_before,
            )
            .returning(reminder.c.booking_id, reminder.c.minutes_before)
        )
        least: dict[UUID, int] = {}
        for row in taken:
            least[row.booking_id] = min(
                row.minutes_before, least.get(row.booking_id, row.minutes_before)
            )
        if not least:
            return ()
        rows = await self._session.execute(select(booking).where(booking.c.booking_id.in_(least)))
        return [(_read(row.document, row.tenant_id), least[row.booking_id]) for row in rows]


def _read(document: Any, tenant_id: str) -> Booking:
    public = contracts.Booking.model_validate_json(to_json(document))
    return booking_of(public, tenant_id)
