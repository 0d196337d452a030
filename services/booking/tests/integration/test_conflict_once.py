"""A conflict that two ways lead to is announced once: a calendar's month, and the last look."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from booking.adapters.postgres.stores import bookings_in, calendars_in, hosts_in
from booking.application.detect_conflicts import detect_conflicts
from booking.application.note_answer import note_answer
from booking.domain.answers import silence
from booking.domain.booking import Booking, Transition
from booking.testing.conflicts import a_meeting, delivered, something_else_then
from booking.testing.lives import ANSWER_BY, CALENDAR_A
from booking.testing.world import LINK_KEY, World
from entente_contracts import (
    Conflict,
    EntryRefused,
)
from entente_contracts.refusal import RefusalReason
from messaging.database import build_engine, build_sessions
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.integration

Way = Callable[[AsyncSession, Booking], Awaitable[None]]


def unanswered(booking: Booking) -> Transition | None:
    """Confirm it though its calendar is silent."""
    return silence(booking, now=ANSWER_BY)


async def a_month_shows_it(session: AsyncSession, booking: Booking) -> None:
    stores = (bookings_in(LINK_KEY)(session), calendars_in(session), hosts_in(session))
    await detect_conflicts(*stores, something_else_then(booking))


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
    booking = await a_meeting(world, unanswered)
    engine = build_engine(world.settings, application_name="test")
    for way in ways:
        async with build_sessions(engine).begin() as session:
            await way(session, booking)
    await engine.dispose()

    types = await world.column("SELECT headers->>'ce_type' FROM outbox ORDER BY id")
    told = [str(name).split(".")[-2] for name in types]
    assert told.count("conflict_detected") == 1
    assert told.count("write_entry") == 2, "the entry is written all the same"
