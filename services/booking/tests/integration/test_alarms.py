"""What is due is done, whatever becomes of others that are due."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from booking.application.wake import wake_booking
from booking.domain.booking import Status
from booking.domain.proposing import propose
from booking.entrypoints.alarms import Alarms
from booking.testing.lives import EXPIRES, NOW, a_proposal, host
from booking.testing.world import World

pytestmark = pytest.mark.integration

STUCK = 60
WAKE = "booking.entrypoints.alarms.wake_booking"


async def proposed(world: World, number: int, expires_at: datetime = EXPIRES) -> UUID:
    proposal = a_proposal(UUID(int=number), host(UUID(int=1000 + number)))
    transition = propose(proposal, routes={}, expires_at=expires_at, now=NOW)
    await world.services.bookings.store(transition)
    return transition.after.id


async def test_bookings_that_cannot_be_woken_do_not_keep_others_from_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = EXPIRES - timedelta(minutes=1)
    stuck = {await proposed(world, number, earlier) for number in range(1, STUCK + 1)}
    last = await proposed(world, STUCK + 1)
    tried: list[UUID] = []

    async def failing(services: Any, booking_id: UUID) -> None:
        tried.append(booking_id)
        if booking_id in stuck:
            raise ValueError("it cannot be")
        await wake_booking(services, booking_id)

    monkeypatch.setattr(WAKE, failing)
    world.clock.now = EXPIRES
    alarms = Alarms(world.services, every=timedelta(seconds=1))
    while await alarms.wake_due():
        assert len(tried) <= STUCK + 1
    assert sorted(tried) == sorted({*stuck, last})
    seen = await world.services.bookings.load(last)
    assert seen is not None
    assert seen.status is Status.EXPIRED

    world.clock.now += timedelta(minutes=1)
    await alarms.wake_due()
    assert len(tried) > STUCK + 1


async def test_nobody_waits_for_one_that_takes_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = await proposed(world, 1, EXPIRES - timedelta(minutes=1)), await proposed(world, 2)
    woken = asyncio.Event()

    async def waiting(services: Any, booking_id: UUID) -> None:
        if booking_id == slow:
            await woken.wait()
        await wake_booking(services, booking_id)
        if booking_id == quick:
            woken.set()

    monkeypatch.setattr(WAKE, waiting)
    world.clock.now = EXPIRES
    async with asyncio.timeout(10):
        await Alarms(world.services, every=timedelta(seconds=1)).wake_due()
