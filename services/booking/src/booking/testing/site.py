"""The guest pages on a port, over a real database, with a saga and a connector that answers."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import FastAPI
from messaging.settings import KafkaSettings

from booking.adapters.postgres.rate_limits import PostgresRateLimits
from booking.application.ports import Search
from booking.application.propose import Wish, propose_booking
from booking.domain.booking import Booking, Status
from booking.domain.host import Host
from booking.domain.meeting_type import MeetingType
from booking.domain.parties import Guest, Role
from booking.domain.slot import Slot
from booking.entrypoints.http.app import build_api
from booking.entrypoints.http.limits import PublicLimits
from booking.entrypoints.pages.links import Links
from booking.settings import LimitSettings
from booking.testing.fake_connector import FakeConnector, a_fake_connector, connected, eventually
from booking.testing.hosts import a_host
from booking.testing.lives import NOW
from booking.testing.office_hours import OfficeHours
from booking.testing.running import saga_running
from booking.testing.world import LINK_KEY, World

GUEST = Guest(
    name="Tomás Ruiz", address="tomas@client.example", timezone="Europe/Madrid", locale="en-GB"
)
_FAR_APART = 3


@dataclass(kw_only=True)
class Site:
    """The pages, and all that a test may look at or turn."""

    url: str
    app: FastAPI
    world: World
    hours: OfficeHours
    connector: FakeConnector
    calendars: set[UUID]

    async def host(self, name: str = "Ana Kovač", *, has_calendar: bool = True) -> Host:
        """Return a new host."""
        host = a_host(name=name)
        await self.world.services.hosts.store(host)
        if has_calendar:
            news = connected(host.id)
            self.calendars.add(news.calendar.calendar_id)
            await self.connector.send(news)
            await eventually(lambda: self.world.services.calendars.get(news.calendar.calendar_id))
        return host

    async def meeting_type(self, *hosts: Host, **changes: Any) -> MeetingType:
        """Return a new meeting type, of a new host where none is given."""
        values: dict[str, Any] = {
            "title": "Introductory call",
            "description": "Half an hour to get to know each other.",
            "location": "Slovenska cesta 1, Ljubljana",
            "duration_minutes": 30,
            **changes,
        }
        kind = MeetingType(
            id=uuid4(),
            tenant_id="acme",
            owner="ana",
            slug=f"intro-{uuid4().hex[:8]}",
            host_ids=tuple(host.id for host in hosts or (await self.host(),)),
            timezone="Europe/Ljubljana",
            changed_at=NOW,
            **values,
        )
        await self.world.services.meeting_types.store(kind)
        return kind

    async def starts(self, kind: MeetingType, number: int = 1) -> list[datetime]:
        """Return free starts from tomorrow on, some time apart."""
        window = Slot(NOW + timedelta(days=1), NOW + timedelta(days=8))
        search = Search(meeting_type=kind, host_ids=kind.host_ids, window=window)
        found = await self.hours.find(search)
        return [free.slot.start for free in found[::_FAR_APART][:number]]

    async def booking(
        self,
        kind: MeetingType,
        *starts: datetime,
        by: Role = Role.GUEST,
        at_once: bool = True,
        **changes: Any,
    ) -> Booking:
        """Return a new booking, or a proposal unless it is `at_once`."""
        wish = Wish(
            meeting_type=kind,
            initiator=by,
            guest=replace(GUEST, **changes),
            starts=starts,
            timezone=GUEST.timezone,
            at_once=at_once,
        )
        return await propose_booking(self.world.services, wish)

    async def reaches(self, booking: Booking, status: Status) -> Booking:
        """Return the booking once it has the status."""

        async def look() -> Booking | None:
            seen = await self.world.services.bookings.load(booking.id)
            return seen if seen is not None and seen.status is status else None

        found: Booking = await eventually(look)
        return found

    def page_of(self, booking: Booking, party: Role = Role.GUEST) -> str:
        """Return the address of a booking's page."""
        return self.url + Links(LINK_KEY).path(booking.id, party)

    def page_for(self, kind: MeetingType) -> str:
        """Return the address of a meeting type's page."""
        return f"{self.url}/m/{kind.slug}"


@asynccontextmanager
async def a_site(world: World, kafka: KafkaSettings) -> AsyncGenerator[Site]:
    """Yield the site, which listens on a free port of 127.0.0.1."""
    hours = OfficeHours()
    world.services = replace(world.services, free_slots=hours)
    limits = LimitSettings(requests_per_minute=100_000, bookings_per_hour=100_000)
    calendars: set[UUID] = set()
    app = build_api(
        world.services,
        None,
        PublicLimits(PostgresRateLimits(world.database), limits),
        Links(LINK_KEY),
    )
    async with (
        saga_running(world, kafka),
        a_fake_connector(kafka, calendars=calendars) as connector,
        _serving(app) as url,
    ):
        yield Site(
            url=url,
            app=app,
            world=world,
            hours=hours,
            connector=connector,
            calendars=calendars,
        )


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncGenerator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()
