"""A conflict is published in the order of the booking's own changes, whoever is at it meanwhile."""

import asyncio

import pytest
from booking.adapters.postgres.stores import bookings_in, calendars_in, hosts_in
from booking.application.cancel import cancel_booking
from booking.application.detect_conflicts import detect_conflicts
from booking.domain.parties import Role
from booking.testing.conflicts import a_meeting, something_else_then
from booking.testing.lives import answer
from booking.testing.world import LINK_KEY, World
from journal.lab.eventually import eventually
from messaging.database import build_engine, build_sessions
from sqlalchemy import select

pytestmark = pytest.mark.integration

_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def test_a_change_waits_for_the_conflict_that_is_being_announced(world: World) -> None:
    booking = await a_meeting(world, answer)
    engine = build_engine(world.settings, application_name="test")

    async def blocked() -> object:
        return (await world.column(_BLOCKED))[0]

    async with build_sessions(engine)() as session:
        await session.execute(select(1))  # begins the transaction, as claiming a record does
        await detect_conflicts(
            bookings_in(LINK_KEY)(session),
            calendars_in(session),
            hosts_in(session),
            something_else_then(booking),
        )
        cancelling = asyncio.create_task(cancel_booking(world.services, booking, by=Role.GUEST))
        await eventually(blocked, bool, within=20)
        await session.commit()
        await cancelling
    await engine.dispose()

    types = await world.column("SELECT headers->>'ce_type' FROM outbox ORDER BY id")
    told = [str(name).split(".")[-2] for name in types if "booking." in str(name)]
    assert told == ["confirmed", "conflict_detected", "cancelled"]
