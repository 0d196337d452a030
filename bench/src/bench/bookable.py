"""Hosts who can be booked through booking's own use cases, and an endless row of free slots."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.calendars import PostgresCalendars
from booking.adapters.postgres.database import PooledDatabase
from booking.adapters.postgres.hosts import PostgresHosts
from booking.adapters.postgres.meeting_types import PostgresMeetingTypes
from booking.adapters.postgres.migrate import migrate
from booking.adapters.postgres.rosters import PostgresRosters
from booking.application.propose import Wish
from booking.application.services import Services
from booking.domain.calendar import Calendar, CalendarStatus
from booking.domain.meeting_type import MeetingType
from booking.domain.parties import Guest, Role
from booking.testing.hosts import a_host
from booking.testing.office_hours import OfficeHours
from messaging.connections import connections
from messaging.settings import PostgresSettings
from pydantic import SecretStr
from stack.stack import Stack

from bench import servers

TENANT = "bench"
LINK_KEY = b"0123456789abcdef0123456789abcdef"
_MOST_CLIENTS = 32
_LONG = timedelta(minutes=30)
_FIRST = datetime(2030, 1, 1, tzinfo=UTC)
_GUEST = Guest(
    name="Tomás Ruiz",
    address="tomas@client.example",
    timezone="Europe/Madrid",
    locale="es-ES",
)


@dataclass
class Bookable:
    """The use cases over a database of their own, its pool, and the hosts' meeting types."""

    services: Services
    postgres: PostgresSettings
    pool: Any
    kinds: list[MeetingType]
    _taken: int = 0

    def wishes(self, count: int, *, hosts: int | None = None) -> list[Wish]:
        """Return wishes for slots nobody has wished for yet, of the first hosts or of all."""
        kinds = self.kinds[:hosts]
        starts = self._free(-(-count // len(kinds)))
        return [_wish(kind, start) for start in starts for kind in kinds][:count]

    def _free(self, count: int) -> Iterator[datetime]:
        first = self._taken
        self._taken += count
        return (_FIRST + number * _LONG for number in range(first, self._taken))


@asynccontextmanager
async def bookable(stack: Stack, name: str, *, hosts: int) -> AsyncGenerator[Bookable]:
    """Yield hosts with a calendar each; the database is dropped at the end."""
    server = await servers.postgres(stack)
    database = f"bench_{servers.RUN}_{name}"
    dsn = SecretStr(await server.create_database(database))
    postgres = PostgresSettings(dsn=dsn, pool_size=_MOST_CLIENTS)
    try:
        await migrate(postgres)
        async with (
            connections(postgres, most=_MOST_CLIENTS, application_name="bench") as opened,
            _pooled(dsn.get_secret_value()) as pool,
        ):
            services = _services(PooledDatabase(opened))
            kinds = [await _host(services, number) for number in range(hosts)]
            yield Bookable(services, postgres, pool, kinds)
    finally:
        await server.drop_database(database)


def _pooled(dsn: str) -> Any:
    """Return the driver's pool, which here spends no round trip on resetting connections."""

    async def keep(_: Any) -> None:
        pass

    return asyncpg.create_pool(  # pyright: ignore[reportUnknownMemberType]  # partly untyped
        dsn, reset=keep, min_size=1, max_size=_MOST_CLIENTS
    )


def _services(database: PooledDatabase) -> Services:
    return Services(
        bookings=PostgresBookings(database, link_key=LINK_KEY),
        hosts=PostgresHosts(database),
        meeting_types=PostgresMeetingTypes(database),
        calendars=PostgresCalendars(database),
        rosters=PostgresRosters(database),
        free_slots=OfficeHours(),
    )


async def _host(services: Services, number: int) -> MeetingType:
    host = a_host(tenant_id=TENANT, address=f"ana.{number}@acme.example")
    await services.hosts.store(host)
    await services.calendars.project(_calendar(host.id))
    return MeetingType(
        id=uuid4(),
        tenant_id=TENANT,
        owner="ana",
        slug=f"call-{number}",
        title="Introductory call",
        duration_minutes=int(_LONG.total_seconds()) // 60,
        host_ids=(host.id,),
        timezone=host.timezone,
        changed_at=host.changed_at,
    )


def _calendar(host_id: UUID) -> Calendar:
    return Calendar(
        id=uuid4(),
        tenant_id=TENANT,
        host_id=host_id,
        writable=True,
        holds=True,
        conferencing=False,
        blocks=True,
        is_default=True,
        status=CalendarStatus.CONNECTED,
        revision=1,
    )


def _wish(kind: MeetingType, start: datetime) -> Wish:
    return Wish(
        meeting_type=kind,
        initiator=Role.HOST,
        guest=_GUEST,
        starts=(start,),
        timezone=_GUEST.timezone,
        at_once=True,
    )
