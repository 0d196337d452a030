"""A conflict that two ways lead to is announced once: a calendar's month, and the last look."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from booking.adapters.postgres.stores import bookings_in, calendars_in, hosts_in
from booking.application.detect_conflicts import detect_conflicts
from booking.application.note_answer import note_answer
from booking.domain.answers import silence
from booking.domain.booking import Booking
from booking.domain.calendar import Calendar, CalendarStatus
from booking.domain.proposing import book
from booking.testing.lives import ANSWER_BY, CALENDAR_A, HOST_A, NOW, a_proposal, route
from booking.testing.world import LINK_KEY, World
from entente_contracts import (
    BusyState,
    CalendarChanged,
    Conflict,
    EntryRefused,
    TimedOccurrence,
    envelope_for,
)
from entente_contracts.refusal import RefusalReason
from messaging.database import build_engine, build_sessions
from messaging.delivery import Delivery, Position
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.integration

Way = Callable[[AsyncSession, Booking], Awaitable[None]]


async def a_meeting_without_its_entry(world: World) -> Booking:
    """Store a booking that was confirmed though its calendar is silent."""
    proposal = a_proposal()
    one_date = replace(proposal, options=proposal.options[:1])
    booked = book(one_date, routes={HOST_A: route()}, answer_by=ANSWER_BY, now=NOW)
    confirmed = silence(booked.after, now=ANSWER_BY)
    assert confirmed is not None
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


async def a_month_shows_it(session: AsyncSession, booking: Booking) -> None:
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
    stores = (bookings_in(LINK_KEY)(session), calendars_in(session), hosts_in(session))
    await detect_conflicts(*stores, delivered(month))


async def the_last_look_finds_it(session: AsyncSession, booking: Booking) -> None:
    (entry,), slot = booking.entries, booking.agreed
    refused = EntryRefused(
        tenant_id=booking.tenant_id,
        booking_id=booking.id,
        booking_revision=entry.revision,
        calendar_id=CALENDAR_A,
        command_id=entry.command_id(booking.id),
        uid=entry.uid,
        sequence=booking.sequence,
        reason=RefusalReason.BUSY_EXTERNAL,
        conflicts=(
            Conflict(calendar_id=CALENDAR_A, occurrence_id="x", start=slot.start, end=slot.end),
        ),
        occurred_at=datetime.now(UTC),
    )
    await note_answer(bookings_in(LINK_KEY)(session), delivered(refused), now=lambda: ANSWER_BY)


def delivered(message: Any) -> Delivery[Any]:
    envelope = envelope_for(message, source="/connector", time=datetime.now(UTC))
    return Delivery(message, envelope, Position(message.topic.name, 0, 0), message.key(), ())


@pytest.mark.parametrize(
    "ways",
    [
        (a_month_shows_it, the_last_look_finds_it),
        (the_last_look_finds_it, a_month_shows_it),
        (the_last_look_finds_it, the_last_look_finds_it),
    ],
    ids=["month first", "last look first", "last look twice"],
)
async def test_the_parties_hear_of_a_conflict_once(world: World, ways: tuple[Way, ...]) -> None:
    booking = await a_meeting_without_its_entry(world)
    engine = build_engine(world.settings, application_name="test")
    for way in ways:
        async with build_sessions(engine).begin() as session:
            await way(session, booking)
    await engine.dispose()

    types = await world.column("SELECT headers->>'ce_type' FROM outbox ORDER BY id")
    told = [str(name).split(".")[-2] for name in types]
    assert told.count("conflict_detected") == 1
    assert told.count("write_entry") == 2, "the entry is written all the same"
