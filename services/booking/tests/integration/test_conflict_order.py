"""A conflict is published in the order of the booking's own changes, whoever is at it meanwhile."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from booking.adapters.postgres.stores import bookings_in, calendars_in, hosts_in
from booking.application.cancel import cancel_booking
from booking.application.detect_conflicts import detect_conflicts
from booking.domain.booking import Booking
from booking.domain.calendar import Calendar, CalendarStatus
from booking.domain.parties import Role
from booking.domain.proposing import book
from booking.testing.lives import ANSWER_BY, CALENDAR_A, HOST_A, NOW, a_proposal, answer, route
from booking.testing.world import LINK_KEY, World
from entente_contracts import BusyState, CalendarChanged, TimedOccurrence, envelope_for
from journal.lab.eventually import eventually
from messaging.database import build_engine, build_sessions
from messaging.delivery import Delivery, Position
from sqlalchemy import select

pytestmark = pytest.mark.integration

_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def a_meeting(world: World) -> Booking:
    proposal = a_proposal()
    one_date = replace(proposal, options=proposal.options[:1])
    booked = book(one_date, routes={HOST_A: route()}, answer_by=ANSWER_BY, now=NOW)
    confirmed = answer(booked.after)
    for transition in (booked, confirmed):
        await world.services.bookings.store(transition)
    await world.services.calendars.project(
        Calendar(
            id=CALENDAR_A,
            tenant_id=proposal.tenant_id,
            host_id=HOST_A,
            writable=True,
            holds=True,
            conferencing=False,
            blocks=True,
            is_default=True,
            status=CalendarStatus.CONNECTED,
            revision=1,
        )
    )
    return confirmed.after


def something_else_then(booking: Booking) -> Delivery[CalendarChanged]:
    slot = booking.agreed
    month = CalendarChanged(
        tenant_id=booking.tenant_id,
        calendar_id=CALENDAR_A,
        host_id=HOST_A,
        month=f"{slot.start:%Y-%m}",
        revision=1,
        as_of=datetime.now(UTC),
        occurrences=(
            TimedOccurrence(start=slot.start, end=slot.end, id="x", state=BusyState.BUSY),
        ),
    )
    envelope = envelope_for(month, source="/connector", time=datetime.now(UTC))
    return Delivery(month, envelope, Position(month.topic.name, 0, 0), month.key(), ())


async def test_a_change_waits_for_the_conflict_that_is_being_announced(world: World) -> None:
    booking = await a_meeting(world)
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
