"""Reminders on a clock that is turned: none too many, none for the wrong time."""

from datetime import timedelta

import pytest
from entente_contracts import (
    BookingCancelled,
    BookingConfirmed,
    BookingRescheduled,
    BookingStatus,
)
from notifier.testing.lives import START, a_public_booking, span
from notifier.testing.world import World

pytestmark = pytest.mark.integration

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CONFIRMED = a_public_booking()
MOVED = a_public_booking(
    revision=3, sequence=1, slot=span(START + 3 * DAY), previous_slot=CONFIRMED.slot
)
CANCELLED = a_public_booking(revision=3, sequence=1, status=BookingStatus.CANCELLED)


async def reminded(world: World) -> list[str]:
    """Let the reminders that are due be sent; return the subjects of those that guests got."""
    await world.remind()
    await world.send()
    mails = [m.message for m in world.server.accepted if m.recipient == "elodie@example.com"]
    return [mail["Subject"] for mail in mails if mail["Subject"].startswith("Reminder")]


async def test_both_are_reminded_a_day_and_an_hour_before(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    world.clock.now = START - DAY - timedelta(seconds=1)
    assert await reminded(world) == []
    world.clock.now = START - DAY
    assert len(await reminded(world)) == 1
    assert len(await reminded(world)) == 1
    world.clock.now = START - HOUR
    assert len(await reminded(world)) == 2
    kinds = [(kind, role) for kind, role, _ in await world.ledger()]
    assert kinds.count(("reminder", "host")) == 2


async def test_a_new_time_reminds_again_even_where_the_old_one_did(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    world.clock.now = START - DAY
    assert await reminded(world) == ["Reminder: Introduction, 10 Mar 2026, 14:00"]
    await world.tell(BookingRescheduled, MOVED)
    world.clock.now = START
    assert len(await reminded(world)) == 1, "nothing of the old time"
    world.clock.now = START + 2 * DAY
    assert (await reminded(world))[1:] == ["Reminder: Introduction, 13 Mar 2026, 14:00"]


async def test_nobody_is_reminded_of_a_cancelled_meeting(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.tell(BookingCancelled, CANCELLED)
    world.clock.now = START - HOUR
    assert await reminded(world) == []


async def test_a_reminder_that_waits_is_withdrawn_with_the_meeting(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    world.clock.now = START - DAY
    await world.remind()
    await world.tell(BookingCancelled, CANCELLED)
    await world.send()
    states = {(kind, state) for kind, _, state in await world.ledger()}
    assert states == {("invitation", "sent"), ("reminder", "withdrawn"), ("cancellation", "sent")}


async def test_after_a_pause_the_nearest_reminder_is_enough(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    world.clock.now = START - timedelta(minutes=20)
    assert len(await reminded(world)) == 1
    assert await world.rows("SELECT 1 FROM reminder") == []


async def test_a_reminder_that_comes_after_the_start_is_not_sent(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    world.clock.now = START - timedelta(minutes=20)
    await world.remind()
    world.clock.now = START
    await world.send()
    assert [state for kind, _, state in await world.ledger() if kind == "reminder"] == [
        "failed",
        "failed",
    ]
    assert len(world.server.accepted) == 2


async def test_a_change_that_moves_nothing_leaves_the_reminders_alone(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    world.clock.now = START - DAY
    with_link = a_public_booking(revision=3, sequence=1, conference_url="https://meet.example/x")
    await world.tell(BookingConfirmed, with_link)
    assert len(await reminded(world)) == 1
