"""The booking service: `python -m booking` runs it, `python -m booking migrate` prepares it."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import httpx
from entente_contracts import topics
from messaging.connections import connections
from messaging.service import Parts, Resources, run
from messaging.settings import load
from webapi import TokenVerifier

from booking.adapters.availability.client import HttpFreeSlots
from booking.adapters.availability.tokens import ServiceTokens
from booking.adapters.postgres.batched_bookings import batched_bookings_in
from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.calendars import PostgresCalendars
from booking.adapters.postgres.database import PooledDatabase
from booking.adapters.postgres.hosts import PostgresHosts
from booking.adapters.postgres.housekeeping import Housekeeping
from booking.adapters.postgres.meeting_types import PostgresMeetingTypes
from booking.adapters.postgres.migrate import migrate, migrations
from booking.adapters.postgres.rate_limits import PostgresRateLimits
from booking.adapters.postgres.rosters import PostgresRosters
from booking.adapters.postgres.stores import bookings_in, calendars_in, hosts_in
from booking.application.ports import FreeSlots
from booking.application.services import Policy, Services
from booking.entrypoints.alarms import Alarms
from booking.entrypoints.consumers import Stores, consumers
from booking.entrypoints.http.app import build_api
from booking.entrypoints.http.limits import PublicLimits
from booking.entrypoints.pages.links import Links
from booking.settings import BookingSettings
from booking.subscriptions import GROUP

NAME = "booking"
PUBLISHES = (topics.HOST_EVENTS, topics.BOOKING_EVENTS, topics.CALENDAR_COMMANDS)


def main() -> None:
    """Run the service, or the command given."""
    settings = load(BookingSettings)
    if sys.argv[1:] == ["migrate"]:
        asyncio.run(migrate(settings.postgres))
        return

    @asynccontextmanager
    async def build(_: Resources) -> AsyncGenerator[Parts]:
        async with AsyncExitStack() as stack:
            yield await parts(settings, stack)

    run(NAME, settings, build)


async def parts(settings: BookingSettings, stack: AsyncExitStack, *, group: str = GROUP) -> Parts:
    """Put the service together; what it opens is closed with the stack."""
    database = PooledDatabase(
        await stack.enter_async_context(
            connections(settings.postgres, most=settings.postgres.pool_size, application_name=NAME)
        )
    )
    issuer = await stack.enter_async_context(
        httpx.AsyncClient(timeout=settings.availability.timeout_seconds)
    )
    key = settings.guest_link_key.get_secret_value().encode()
    services = services_on(database, key, settings, await _free_slots(settings, issuer, stack))
    alarms = Alarms(services, every=timedelta(seconds=settings.saga.poll_seconds))
    return Parts(
        migrations=migrations,
        consumers=consumers(
            Stores(
                bookings=bookings_in(key),
                batched_bookings=batched_bookings_in(key),
                calendars=calendars_in,
                hosts=hosts_in,
            ),
            services.now,
            group=group,
        ),
        publishes=PUBLISHES,
        app=build_api(
            services,
            TokenVerifier(settings.oidc, issuer),
            PublicLimits(PostgresRateLimits(database), settings.limits),
            Links(key),
        ),
        tasks={"alarms": alarms.run, "housekeeping": Housekeeping(database).run},
    )


def services_on(
    database: PooledDatabase, key: bytes, settings: BookingSettings, free_slots: FreeSlots
) -> Services:
    """Return the use cases' services over a database."""
    return Services(
        bookings=PostgresBookings(database, link_key=key),
        hosts=PostgresHosts(database),
        meeting_types=PostgresMeetingTypes(database),
        calendars=PostgresCalendars(database),
        rosters=PostgresRosters(database),
        free_slots=free_slots,
        policy=Policy(
            answer_within=timedelta(seconds=settings.saga.answer_seconds),
            max_unanswered=settings.limits.max_unanswered,
            uid_domain=settings.saga.uid_domain,
        ),
    )


async def _free_slots(
    settings: BookingSettings, issuer: httpx.AsyncClient, stack: AsyncExitStack
) -> HttpFreeSlots:
    asked = settings.availability
    client = await stack.enter_async_context(
        httpx.AsyncClient(base_url=asked.url, timeout=asked.timeout_seconds)
    )
    tokens = ServiceTokens(
        issuer,
        issuer=settings.oidc.issuer,
        client_id=asked.client_id,
        client_secret=asked.client_secret.get_secret_value(),
    )
    return HttpFreeSlots(client, tokens)
