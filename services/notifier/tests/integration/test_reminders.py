"""Reminders on a clock that is turned: none too many, none for the wrong time."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from entente_contracts import (
    BookingCancelled,
    BookingConfirmed,
    BookingRescheduled,
    BookingStatus,
)
from notifier.adapters.letters import Letters
from notifier.adapters.writer import MailWriter
from notifier.domain.guest_links import GuestLinks
from notifier.domain.notices import Notice
from notifier.domain.parties import Role
from notifier.testing.lives import LINK_KEY, START, a_public_booking, span
from notifier.testing.world import BASE_URL, SENDER, World
from sqlalchemy import text

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


class Unwriting(MailWriter):
    """A writer that fails with the bookings that a test names."""

    def __init__(self, failures: Mapping[UUID, Exception]) -> None:
        super().__init__(Letters(GuestLinks(BASE_URL, LINK_KEY), "Entente"), sender_address=SENDER)
        self._failures = failures

    def write(self, notice: Notice, *, message_id: str, made_at: datetime) -> bytes:
        if notice.party.role is Role.GUEST and notice.booking.id in self._failures:
            raise self._failures[notice.booking.id]
        return super().write(notice, message_id=message_id, made_at=made_at)


FIRST, SECOND, THIRD, FOURTH = (UUID(int=number) for number in range(1, 5))


async def confirmed(world: World, *booking_ids: UUID) -> None:
    """Let bookings be confirmed whose reminders fall due one after the other."""
    for number, booking_id in enumerate(booking_ids):
        slot = span(START + timedelta(minutes=number))
        booking = a_public_booking(booking_id=booking_id, slot=slot, reminders=(60,))
        await world.tell(BookingConfirmed, booking)
    world.clock.now = START - timedelta(minutes=30)


async def reminders(world: World) -> Counter[UUID]:
    rows = await world.rows("SELECT about FROM mail WHERE kind = 'reminder'")
    return Counter(row.about for row in rows)


async def test_a_meeting_that_nobody_can_be_reminded_of_does_not_stop_the_others(
    world: World,
) -> None:
    await confirmed(world, FIRST, SECOND, THIRD, FOURTH)
    async with world.sessions.begin() as session:
        unreadable = text("UPDATE booking SET document = '{}' WHERE booking_id = :id")
        await session.execute(unreadable, {"id": THIRD})
    broken = Unwriting({FIRST: KeyError("elodie@example.com")})
    world.post = replace(world.post, writer=broken)
    assert await world.remind() == 4
    assert await reminders(world) == {SECOND: 2, FOURTH: 2}, "of a meeting, both hear or none"
    assert await world.rows("SELECT 1 FROM reminder") == []
    assert await world.remind() == 0


async def test_what_fails_for_now_stays_due(world: World) -> None:
    await confirmed(world, FIRST, SECOND)
    able = world.post
    world.post = replace(able, writer=Unwriting({FIRST: OSError("disk")}))
    assert await world.remind() == 1
    assert await world.remind() == 0
    assert await reminders(world) == {SECOND: 2}
    world.post = able
    assert await world.remind() == 1
    assert await reminders(world) == {FIRST: 2, SECOND: 2}


async def test_replicas_that_remind_side_by_side_remind_once(world: World) -> None:
    await confirmed(world, FIRST, SECOND, THIRD)
    await asyncio.gather(*(world.remind() for _ in range(4)))
    assert await reminders(world) == {FIRST: 2, SECOND: 2, THIRD: 2}
    assert await world.rows("SELECT 1 FROM reminder") == []


async def test_a_change_that_moves_nothing_leaves_the_reminders_alone(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    world.clock.now = START - DAY
    with_link = a_public_booking(revision=3, sequence=1, conference_url="https://meet.example/x")
    await world.tell(BookingConfirmed, with_link)
    assert len(await reminded(world)) == 1
