"""Bookings as last heard of, and their reminders, as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import entente_contracts as contracts
from pydantic_core import from_json, to_json
from sqlalchemy import delete, func, select, text
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
        return await self.find(booking_id)

    async def find(self, booking_id: UUID) -> Booking | None:
        """Return the booking as last heard of."""
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

    async def due(self, now: datetime, most: int) -> Sequence[UUID]:
        """Return the bookings that have due reminders, those first that have waited longest."""
        query = (
            select(reminder.c.booking_id)
            .where(reminder.c.due_at <= now)
            .group_by(reminder.c.booking_id)
            .order_by(func.min(reminder.c.due_at))
            .limit(most)
        )
        return (await self._session.scalars(query)).all()

    async def take(self, booking_id: UUID, now: datetime) -> int | None:
        """Remove a booking's due reminders; return the least minutes before, None for none.

        Those that another transaction is taking are not waited for.
        """
        due = (
            select(reminder.c.minutes_before)
            .where(reminder.c.booking_id == booking_id, reminder.c.due_at <= now)
            .with_for_update(skip_locked=True)
        )
        taken = await self._session.scalars(
            delete(reminder)
            .where(reminder.c.booking_id == booking_id, reminder.c.minutes_before.in_(due))
            .returning(reminder.c.minutes_before)
        )
        return min(taken, default=None)


def _read(document: Any, tenant_id: str) -> Booking:
    public = contracts.Booking.model_validate_json(to_json(document))
    return booking_of(public, tenant_id)
