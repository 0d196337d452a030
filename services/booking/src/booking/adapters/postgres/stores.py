"""The stores over a database, on a pool or within a session."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.calendars import PostgresCalendars
from booking.adapters.postgres.database import SessionDatabase
from booking.adapters.postgres.hosts import PostgresHosts


def bookings_in(link_key: bytes) -> Callable[[AsyncSession], PostgresBookings]:
    """Return what makes the bookings of a session's transaction."""
    return lambda session: PostgresBookings(SessionDatabase(session), link_key=link_key)


def calendars_in(session: AsyncSession) -> PostgresCalendars:
    """Return the calendars as a session's transaction sees them."""
    return PostgresCalendars(SessionDatabase(session))


def hosts_in(session: AsyncSession) -> PostgresHosts:
    """Return the hosts as a session's transaction sees them."""
    return PostgresHosts(SessionDatabase(session))
