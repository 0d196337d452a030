"""Who meets the guest when a meeting moves, and what is kept of it meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from booking.application.change import change
from booking.application.ports import FreeSlot, Search
from booking.application.propose import Wish, propose_booking
from booking.application.reschedule import reschedule_booking
from booking.domain.answers import entry_failed, entry_written
from booking.domain.booking import Booking, Status, Transition
from booking.domain.calendar import Calendar, CalendarStatus
from booking.domain.claims import claims_of
from booking.domain.errors import RuleError, StaleRevisionError
from booking.domain.host import Host
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.domain.parties import Guest, Role
from booking.domain.queue import Member
from booking.entrypoints.alarms import Alarms
from booking.testing.calendars import a_calendar
from booking.testing.hosts import a_host
from booking.testing.lives import NOW, slot_at
from booking.testing.meeting_types import a_meeting_type
from booking.testing.world import World
from entente_contracts import BookingConfirmed

pytestmark = pytest.mark.integration

GUEST = Guest(
    name="Tomás", address="tomas@client.example", timezone="Europe/Madrid", locale="es-ES"
)


async def connect(world: World, host: Host, **changes: Any) -> Calendar:
    """Return a calendar of the host, whose turn comes after those of hosts connected before."""
    calendar = a_calendar(host.id, **changes)
    await world.services.calendars.project(calendar)
    return calendar


async def hosts(world: World, count: int) -> list[Host]:
    made = [a_host() for _ in range(count)]
    for number, host in enumerate(made):
        await world.services.hosts.store(host)
        await connect(world, host)
        joined = NOW + timedelta(seconds=number)
        await world.services.calendars.enqueue(
            Member(host_id=host.id, tenant_id="acme", joined_at=joined)
        )
    return made


async def meeting_type(world: World, *members: Host, **changes: Any) -> MeetingType:
    kind = a_meeting_type(*members, **changes)
    await world.services.meeting_types.store(kind)
    return kind


async def booked(world: World, kind: MeetingType, hours: int) -> Booking:
    wish = Wish(
        meeting_type=kind,
        initiator=Role.GUEST,
        guest=GUEST,
        starts=(slot_at(hours).start,),
        timezone="Europe/Madrid",
        at_once=True,
    )
    return await propose_booking(world.services, wish)


async def written(world: World, booking: Booking) -> Booking:
    """Return the booking once its calendars have every entry that was commanded."""
    for entry in (await loaded(world, booking)).entries:
        if entry.is_awaited:
            command = entry.command_id(booking.id)
            await change(
                world.services.bookings,
                booking.id,
                lambda current, command=command: entry_written(
                    current, command, by_mail=False, conference_url=None, now=world.clock()
                ),
                step="answer",
            )
    return await loaded(world, booking)


async def loaded(world: World, booking: Booking) -> Booking:
    found = await world.services.bookings.load(booking.id)
    assert found is not None
    return found


async def moved(
    world: World, booking: Booking, hours: int, by: Role = Role.GUEST, **more: Any
) -> Booking:
    return await reschedule_booking(world.services, booking, slot_at(hours).start, by=by, **more)


def asked_about(world: World) -> list[Sequence[UUID]]:
    """Return a list of the hosts whose time is looked at from now on."""
    asked: list[Sequence[UUID]] = []
    find = world.slots.find

    async def noted(search: Search) -> Sequence[FreeSlot]:
        asked.append(search.host_ids)
        return await find(search)

    world.slots.find = noted
    return asked


async def test_a_guest_moves_the_meeting_of_whoever_meets_them_by_now(world: World) -> None:
    ana, ben = await hosts(world, 2)
    booking = await written(world, await booked(world, await meeting_type(world, ana), 1))
    handed = await moved(world, booking, 1, Role.HOST, host_ids=(ben.id,))
    handed = await written(world, handed)
    assert handed.host_ids == (ben.id,)

    asked = asked_about(world)
    moving = await moved(world, handed, 9)

    assert set(asked) == {(ben.id,)}
    assert (await written(world, moving)).host_ids == (ben.id,)


async def test_a_hand_over_meanwhile_is_not_undone(world: World) -> None:
    ana, ben = await hosts(world, 2)
    seen = await written(world, await booked(world, await meeting_type(world, ana), 1))
    await written(world, await moved(world, seen, 1, Role.HOST, host_ids=(ben.id,)))
    with pytest.raises(StaleRevisionError):
        await moved(world, seen, 9)
    assert (await loaded(world, seen)).host_ids == (ben.id,)


async def test_where_hosts_take_turns_a_free_one_keeps_the_meeting(world: World) -> None:
    ana, ben = await hosts(world, 2)
    kind = await meeting_type(world, ana, ben, mode=HostsMode.ANY)
    booking = await written(world, await booked(world, kind, 1))
    assert booking.host_ids == (ana.id,)
    assert (await written(world, await moved(world, booking, 2))).host_ids == (ana.id,)


async def test_who_takes_a_meeting_over_has_had_a_turn(world: World) -> None:
    ana, ben = await hosts(world, 2)
    kind = await meeting_type(world, ana, ben, mode=HostsMode.ANY)
    booking = await written(world, await booked(world, kind, 1))
    find = world.slots.find

    async def without_ana(search: Search) -> Sequence[FreeSlot]:
        return [replace(free, host_ids=(ben.id,)) for free in await find(search)]

    world.slots.find = without_ana
    taken_over = await written(world, await moved(world, booking, 2))

    assert taken_over.host_ids == (ben.id,)
    queue = await world.services.calendars.queue("acme")
    assert [member.last_chosen_at for member in queue] == [NOW, NOW]


async def test_two_guests_at_once_get_two_hosts_who_take_turns(world: World) -> None:
    ana, ben = await hosts(world, 2)
    kind = await meeting_type(world, ana, ben, mode=HostsMode.ANY)
    both = await asyncio.gather(booked(world, kind, 1), booked(world, kind, 1))
    assert {host_id for booking in both for host_id in booking.host_ids} == {ana.id, ben.id}


async def test_a_host_named_twice_is_refused(world: World) -> None:
    ana, ben = await hosts(world, 2)
    booking = await written(world, await booked(world, await meeting_type(world, ana), 1))
    with pytest.raises(RuleError, match="host_ids"):
        await moved(world, booking, 9, Role.HOST, host_ids=(ben.id, ben.id))


async def test_a_meeting_moves_into_the_calendar_that_the_host_has_now(world: World) -> None:
    (ana,) = await hosts(world, 1)
    booking = await written(world, await booked(world, await meeting_type(world, ana), 1))
    (old,) = (entry.calendar_id for entry in booking.entries)
    await connect(
        world, ana, id=old, status=CalendarStatus.DISCONNECTED, is_default=False, revision=2
    )
    new = await connect(world, ana)

    moving = await moved(world, booking, 9)
    assert [(e.calendar_id, e.looked_at) for e in moving.entries if e.is_awaited] == [
        (new.id, (new.id,))
    ]
    moving = await written(world, moving)
    assert [host.calendar_id for host in moving.hosts] == [new.id]


async def test_every_time_that_was_left_stays_claimed_while_the_calendar_is_silent(
    world: World,
) -> None:
    (ana,) = await hosts(world, 1)
    booking = await written(world, await booked(world, await meeting_type(world, ana), 1))
    alarms = Alarms(world.services, every=timedelta(seconds=1))
    for hours in (9, 17):
        booking = await moved(world, booking, hours)
        world.clock.now += world.services.policy.answer_within
        await alarms.wake_due()
        booking = await loaded(world, booking)
    assert [claim.slot for claim in claims_of(booking)] == [slot_at(1), slot_at(9), slot_at(17)]
    booking = await written(world, booking)
    assert [claim.slot for claim in claims_of(booking)] == [slot_at(17)]


@pytest.mark.parametrize("by_mail", [True, False])
async def test_a_calendar_that_fails_in_the_end_is_told(world: World, by_mail: bool) -> None:
    (ana,) = await hosts(world, 1)
    booking = await booked(world, await meeting_type(world, ana), 1)
    world.clock.now += world.services.policy.answer_within
    await Alarms(world.services, every=timedelta(seconds=1)).wake_due()
    assert (await loaded(world, booking)).status is Status.CONFIRMED
    (command,) = (entry.command_id(booking.id) for entry in booking.entries)

    def answer(current: Booking) -> Transition | None:
        if not by_mail:
            return entry_failed(current, command, now=world.clock())
        return entry_written(current, command, by_mail=True, conference_url=None, now=world.clock())

    await change(world.services.bookings, booking.id, answer, step="answer")

    told = await world.column(
        "SELECT convert_from(payload, 'UTF8')::jsonb -> 'booking' ->> 'entry' FROM outbox"
        " WHERE headers ->> 'ce_type' = $1 ORDER BY id",
        BookingConfirmed.type,
    )
    assert told == ["pending", "by_mail" if by_mail else "failed"]
