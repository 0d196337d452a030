"""Booking's use cases over a real database; the clock and the free slots are scripted."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from messaging.connections import connections
from messaging.settings import PostgresSettings
from pydantic import SecretStr

from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.calendars import PostgresCalendars
from booking.adapters.postgres.database import PooledDatabase
from booking.adapters.postgres.hosts import PostgresHosts
from booking.adapters.postgres.meeting_types import PostgresMeetingTypes
from booking.adapters.postgres.migrate import migrate
from booking.adapters.postgres.rosters import PostgresRosters
from booking.application.errors import AvailabilityUnavailableError
from booking.application.ports import FreeSlot, Search
from booking.application.services import Policy, Services
from booking.domain.booking import Refusal
from booking.domain.slot import Slot
from booking.testing.lives import NOW

LINK_KEY = b"0123456789abcdef0123456789abcdef"
_STEP = timedelta(minutes=30)
_MOST = 10


@dataclass
class ScriptedSlots:
    """Offers what a search starts with, and every half hour after it, unless told not to."""

    silent: bool = False
    refused: dict[datetime, Refusal] = field(default_factory=dict[datetime, Refusal])

    async def find(self, search: Search) -> Sequence[FreeSlot]:
        """Return the first slots of the window that are not refused."""
        if self.silent:
            raise AvailabilityUnavailableError
        length = timedelta(minutes=search.meeting_type.duration_minutes)
        found: list[FreeSlot] = []
        start = search.window.start
        while start < search.window.end and len(found) < _MOST:
            if start not in self.refused:
                found.append(FreeSlot(slot=Slot(start, start + length), host_ids=search.host_ids))
            start += _STEP
        return found

    async def why_not(self, search: Search) -> Refusal:
        """Return the scripted reason."""
        return self.refused[search.window.start]


@dataclass
class Clock:
    """A clock to turn."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time it was turned to."""
        return self.now


@dataclass(kw_only=True)
class World:
    """The use cases, and all that a test may look at or turn."""

    services: Services
    slots: ScriptedSlots
    clock: Clock
    database: PooledDatabase
    settings: PostgresSettings

    async def column(self, query: str, *values: object) -> list[object]:
        """Return the first column of a query's rows."""
        return [row[0] for row in await self.database.fetch(query, *values)]


@asynccontextmanager
async def a_world(dsn: str) -> AsyncGenerator[World]:
    """Yield a world over a fresh database, migrated."""
    settings = PostgresSettings(dsn=SecretStr(dsn), pool_size=20)
    await migrate(settings)
    async with connections(settings, most=settings.pool_size, application_name="test") as opened:
        database, slots, clock = PooledDatabase(opened), ScriptedSlots(), Clock()
        services = Services(
            bookings=PostgresBookings(database, link_key=LINK_KEY),
            hosts=PostgresHosts(database),
            meeting_types=PostgresMeetingTypes(database),
            calendars=PostgresCalendars(database),
            rosters=PostgresRosters(database),
            free_slots=slots,
            policy=Policy(max_unanswered=1000),
            now=clock,
        )
        yield World(
            services=services, slots=slots, clock=clock, database=database, settings=settings
        )
