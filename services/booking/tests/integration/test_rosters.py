"""What is remembered of hosts and calendars never ends up in a booking once it has changed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from booking.adapters.postgres.rosters import PostgresRosters
from booking.application.errors import KeyReusedError, NotFoundError
from booking.application.ports import Receipt
from booking.application.propose import Wish, propose_booking
from booking.domain.booking import Booking
from booking.domain.errors import PastError
from booking.domain.host import Host
from booking.domain.parties import Guest, Role
from booking.testing.calendars import a_calendar
from booking.testing.hosts import a_host
from booking.testing.lives import NOW, slot_at
from booking.testing.meeting_types import a_meeting_type
from booking.testing.world import World

pytestmark = pytest.mark.integration

GUEST = Guest(name="Tomás", address="tomas@client.example", timezone="UTC", locale="es-ES")


async def stored_host(world: World) -> Host:
    host = a_host()
    await world.services.hosts.store(host)
    return host


async def propose(world: World, host: Host, hour: int, receipt: Receipt | None = None) -> Booking:
    kind = a_meeting_type(host)
    wish = Wish(
        meeting_type=kind,
        initiator=Role.HOST,
        guest=GUEST,
        starts=(slot_at(hour).start,),
        timezone="UTC",
        at_once=True,
    )
    return await propose_booking(world.services, wish, receipt=receipt)


def receipt(key: str = "one", request: bytes = b"a") -> Receipt:
    return Receipt(tenant_id="acme", caller="ana", key=key, request=request)


async def test_a_calendar_that_has_changed_is_noticed(world: World) -> None:
    host = await stored_host(world)
    calendar = a_calendar(host.id)
    await world.services.calendars.project(calendar)
    before = await propose(world, host, 0)
    other = a_calendar(host.id)
    await world.services.calendars.project(replace(calendar, is_default=False, revision=2))
    await world.services.calendars.project(other)

    after = await propose(world, host, 1)

    assert [entry.calendar_id for entry in before.entries] == [calendar.id]
    assert [entry.calendar_id for entry in after.entries] == [other.id]
    assert after == await world.services.bookings.load(after.id)


async def test_a_host_who_has_changed_is_noticed(world: World) -> None:
    host = await stored_host(world)
    await propose(world, host, 0)
    renamed = host.changed(NOW, name="Ana Kovač")
    await world.services.hosts.store(renamed)
    assert (await propose(world, host, 1)).hosts[0].name == "Ana Kovač"

    await world.services.hosts.store(renamed.changed(NOW, active=False))
    with pytest.raises(NotFoundError):
        await propose(world, host, 2)

    await world.services.hosts.store(renamed.changed(NOW).changed(NOW, active=True))
    assert await propose(world, host, 3)


async def test_hosts_of_another_tenant_are_not_on_the_roster(world: World) -> None:
    host = await stored_host(world)
    roster = await PostgresRosters(world.database).of("other", (host.id,))
    assert roster.hosts == ()


async def test_a_repeated_request_is_answered_as_before_though_it_could_not_be_carried_out(
    world: World,
) -> None:
    host = await stored_host(world)
    booking = await propose(world, host, 0, receipt())
    assert await propose(world, host, 0, receipt()) == booking
    world.clock.now += timedelta(days=30)
    assert await propose(world, host, 0, receipt()) == booking
    with pytest.raises(PastError):
        await propose(world, host, 1, receipt("two"))
    with pytest.raises(KeyReusedError):
        await propose(world, host, 0, receipt(request=b"b"))
