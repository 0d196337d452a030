"""The service's consumers, relay and alarms in the test's process, on real servers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from entente_contracts import topics
from messaging.admin import connect_admin, create_topics
from messaging.service import Parts, Resources, running
from messaging.settings import KafkaSettings, ServiceSettings

from booking.adapters.postgres.batched_bookings import batched_bookings_in
from booking.adapters.postgres.stores import bookings_in, calendars_in, hosts_in
from booking.entrypoints.alarms import Alarms
from booking.entrypoints.consumers import Stores, consumers
from booking.subscriptions import TOPICS
from booking.testing.world import LINK_KEY, World


@asynccontextmanager
async def saga_running(
    world: World, kafka: KafkaSettings, *, group: str | None = None
) -> AsyncGenerator[None]:
    """Run the saga of a world; a group of its own reads the topics from their beginning."""
    group = group or f"booking-{uuid4().hex[:8]}"
    await prepare_topics(kafka, group)

    @asynccontextmanager
    async def build(_: Resources) -> AsyncGenerator[Parts]:
        alarms = Alarms(world.services, every=timedelta(milliseconds=100))
        stores = Stores(
            bookings=bookings_in(LINK_KEY),
            batched_bookings=batched_bookings_in(LINK_KEY),
            calendars=calendars_in,
            hosts=hosts_in,
        )
        yield Parts(
            consumers=consumers(stores, world.services.now, group=group),
            publishes=topics.ALL,
            tasks={"alarms": alarms.run},
        )

    settings = ServiceSettings(kafka=kafka, postgres=world.settings)
    async with running("booking", settings, build):
        yield


async def prepare_topics(kafka: KafkaSettings, group: str) -> None:
    """Make the topics that the service needs."""
    admin = await connect_admin(kafka, client_id="test")
    try:
        twins = [twin(t, group) for t in TOPICS for twin in (topics.dead_letter, topics.redrive)]
        await create_topics(admin, [*topics.ALL, *twins])
    finally:
        await admin.close()
