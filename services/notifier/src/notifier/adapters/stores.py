"""The stores of one transaction."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from messaging.database import Sessions
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.adapters.booking_rows import PostgresBookings, PostgresTimers
from notifier.adapters.connection_rows import PostgresCalendars
from notifier.adapters.ledger import PostgresLedger
from notifier.application.ports import Stores, Transaction


def stores_in(session: AsyncSession) -> Stores:
    """Return the stores as a session's transaction sees them."""
    return Stores(
        bookings=PostgresBookings(session),
        timers=PostgresTimers(session),
        calendars=PostgresCalendars(session),
        ledger=PostgresLedger(session),
    )


def transactions(sessions: Sessions) -> Transaction:
    """Return what opens a transaction with its stores."""

    @asynccontextmanager
    async def transaction() -> AsyncGenerator[Stores]:
        async with sessions.begin() as session:
            yield stores_in(session)

    return transaction
