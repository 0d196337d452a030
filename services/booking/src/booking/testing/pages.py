"""The guest pages over a real database, asked as browsers ask."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from booking.adapters.postgres.rate_limits import PostgresRateLimits
from booking.application.propose import Wish, propose_booking
from booking.domain.booking import Booking
from booking.domain.meeting_type import MeetingType
from booking.domain.parties import Guest, Role
from booking.entrypoints.http.app import build_api
from booking.entrypoints.http.limits import PublicLimits
from booking.entrypoints.pages.links import Links
from booking.settings import LimitSettings
from booking.testing.hosts import a_host
from booking.testing.lives import NOW
from booking.testing.office_hours import OfficeHours
from booking.testing.world import LINK_KEY, World

GUEST = Guest(
    name="Tomás", address="tomas@client.example", timezone="Europe/Madrid", locale="en-GB"
)
MONDAY_NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
START = "2026-11-30T12:00Z"
FILLED = {
    "name": "Tomás Ruiz",
    "address": "tomas@client.example",
    "note": "",
    "zone": "Europe/Madrid",
    "lang": "en",
    "start": START,
}


class Pages:
    """The pages and what is behind them."""

    def __init__(
        self, app: FastAPI, http: httpx.AsyncClient, world: World, hours: OfficeHours
    ) -> None:
        self.app = app
        self.http = http
        self.world = world
        self.hours = hours
        self.services = replace(world.services, free_slots=hours)

    async def meeting_type(self, **changes: Any) -> MeetingType:
        """Store a meeting type of a new host."""
        host = a_host()
        await self.services.hosts.store(host)
        values: dict[str, Any] = {
            "title": "Introductory call",
            "duration_minutes": 30,
            **changes,
        }
        kind = MeetingType(
            id=uuid4(),
            tenant_id="acme",
            owner="ana",
            slug=f"intro-{uuid4().hex[:8]}",
            host_ids=(host.id,),
            timezone="Europe/Ljubljana",
            changed_at=NOW,
            **values,
        )
        await self.services.meeting_types.store(kind)
        return kind

    async def booking(self, kind: MeetingType, *days: int, by: Role = Role.GUEST) -> Booking:
        """Propose a noon for each day after the Monday; one of them alone is booked at once."""
        wish = Wish(
            meeting_type=kind,
            initiator=by,
            guest=GUEST,
            starts=tuple(MONDAY_NOON + timedelta(days=day) for day in days or (0,)),
            timezone=GUEST.timezone,
            at_once=len(days) <= 1,
        )
        return await propose_booking(self.services, wish)

    async def state_of(self, booking: Booking) -> Booking:
        """Load a booking as it is now."""
        found = await self.services.bookings.load(booking.id)
        if found is None:
            raise AssertionError("the booking is gone")
        return found

    async def form(self, kind: MeetingType, **changes: str) -> dict[str, str]:
        """Return the form of a meeting type as its page has it, filled in."""
        page = await self.http.get(f"/m/{kind.slug}/book", params={"start": START})
        key = re.search(r'name="key" value="(\w+)"', page.text)
        if key is None:
            raise AssertionError("the page has no form")
        return {**FILLED, "key": key[1], **changes}


@asynccontextmanager
async def some_pages(world: World) -> AsyncGenerator[Pages]:
    """Yield the pages over a world."""
    hours = OfficeHours()
    app = build_api(
        replace(world.services, free_slots=hours),
        None,
        PublicLimits(PostgresRateLimits(world.database), LimitSettings(requests_per_minute=500)),
        Links(LINK_KEY),
    )
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://book.test") as http:
        yield Pages(app, http, world, hours)


def path_of(booking: Booking, party: Role = Role.GUEST) -> str:
    """Return the path of a party's link."""
    return Links(LINK_KEY).path(booking.id, party)
