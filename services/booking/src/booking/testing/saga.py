"""A running saga with a scripted connector, and what people do with it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from messaging.settings import KafkaSettings

from booking.application.propose import Wish, propose_booking
from booking.domain.booking import Booking, Status
from booking.domain.host import Host
from booking.domain.meeting_type import MeetingType
from booking.domain.parties import Guest, Role
from booking.testing.fake_connector import FakeConnector, a_fake_connector, connected, eventually
from booking.testing.hosts import a_host
from booking.testing.lives import slot_at
from booking.testing.meeting_types import a_meeting_type
from booking.testing.running import saga_running
from booking.testing.world import World, a_world

GUEST = Guest(
    name="Tomás", address="tomas@client.example", timezone="Europe/Madrid", locale="es-ES"
)


class Saga:
    """A running service with a host whose calendar a scripted connector serves."""

    def __init__(self, world: World, connector: FakeConnector) -> None:
        self.world = world
        self.connector = connector
        self.services = world.services

    async def host(self, *, writable: bool = True, holds: bool = False) -> tuple[Host, UUID]:
        """Store a host; return it with its calendar, which the service knows."""
        host = a_host()
        await self.services.hosts.store(host)
        news = connected(host.id, writable=writable, holds=holds)
        await self.connector.send(news)
        await eventually(lambda: self.services.calendars.get(news.calendar.calendar_id))
        return host, news.calendar.calendar_id

    async def meeting_type(self, *hosts: Host, **changes: Any) -> MeetingType:
        """Store a meeting type of these hosts."""
        kind = a_meeting_type(*hosts, **changes)
        await self.services.meeting_types.store(kind)
        return kind

    async def wish(self, kind: MeetingType, *hours: int, at_once: bool = True) -> Booking:
        """Propose a meeting at these hours, as a guest."""
        wish = Wish(
            meeting_type=kind,
            initiator=Role.GUEST,
            guest=GUEST,
            starts=tuple(slot_at(hour).start for hour in hours),
            timezone="Europe/Madrid",
            at_once=at_once,
        )
        return await propose_booking(self.services, wish)

    async def reaches(self, booking: Booking, status: Status, **state: Any) -> Booking:
        """Return the booking when it has this status and this state."""

        async def look() -> Booking | None:
            seen = await self.services.bookings.load(booking.id)
            fits = seen is not None and seen.status is status
            if fits and all(getattr(seen, name) == value for name, value in state.items()):
                return seen
            return None

        found: Booking = await eventually(look)
        return found

    def late(self) -> None:
        """Let the time pass in which calendars have to answer."""
        self.world.clock.now += self.services.policy.answer_within


@asynccontextmanager
async def a_saga(dsn: str, settings: KafkaSettings) -> AsyncGenerator[Saga]:
    """Yield a saga that runs on an empty database."""
    async with (
        a_world(dsn) as world,
        saga_running(world, settings),
        a_fake_connector(settings) as connector,
    ):
        yield Saga(world, connector)
