"""A host who was told that the entry follows gets the invitation where it does not."""

from datetime import timedelta
from uuid import UUID

import pytest
from entente_contracts import BookingConfirmed, BookingRescheduled, EntryState
from notifier.adapters.stores import stores_in
from notifier.testing.lives import CALENDAR, START, a_public_booking, span
from notifier.testing.world import World

pytestmark = pytest.mark.integration

PENDING = a_public_booking(entry=EntryState.PENDING)


async def note_access(world: World, revision: int, *, writable: bool) -> None:
    async with world.sessions.begin() as session:
        await stores_in(session).calendars.put_calendar(
            CALENDAR,
            connection_id=UUID(int=9),
            revision=revision,
            writable=writable,
            broken=False,
        )


async def told(world: World) -> list[tuple[str, str, bool]]:
    """Send what is due; return of all mails to whom, what about, and whether they ask to accept."""
    await world.send()
    return [
        (
            mail.recipient,
            mail.message["Subject"].partition(":")[0],
            any(part.get_content_type() == "text/calendar" for part in mail.message.walk()),
        )
        for mail in world.server.accepted
    ]


FIRST = [("ana@example.org", "Confirmed", False), ("elodie@example.com", "Confirmed", True)]
ASKED = ("ana@example.org", "Add to your calendar", True)


async def test_an_entry_that_fails_in_the_end_is_left_to_the_host(world: World) -> None:
    await world.tell(BookingConfirmed, PENDING)
    assert sorted(await told(world)) == sorted(FIRST)
    await world.tell(BookingConfirmed, a_public_booking(revision=3, entry=EntryState.FAILED))
    assert (await told(world))[2:] == [ASKED]
    for revision in (3, 4):
        again = a_public_booking(revision=revision, entry=EntryState.FAILED)
        await world.tell(BookingConfirmed, again)
    assert len(await told(world)) == 3


async def test_so_is_one_whose_calendar_can_only_be_read_meanwhile(world: World) -> None:
    await note_access(world, 1, writable=True)
    await world.tell(BookingConfirmed, PENDING)
    await note_access(world, 2, writable=False)
    await world.tell(BookingConfirmed, a_public_booking(revision=3, entry=EntryState.BY_MAIL))
    assert (await told(world))[2:] == [ASKED]


async def test_who_has_the_invitation_already_gets_no_other(world: World) -> None:
    await note_access(world, 1, writable=False)
    await world.tell(BookingConfirmed, PENDING)
    await world.tell(BookingConfirmed, a_public_booking(revision=3, entry=EntryState.BY_MAIL))
    assert [asks for _, _, asks in await told(world)] == [True, True]


async def test_the_last_that_was_said_counts(world: World) -> None:
    await world.tell(BookingConfirmed, PENDING)
    moved = {"sequence": 1, "slot": span(START + timedelta(days=1))}
    written = a_public_booking(revision=3, entry=EntryState.WRITTEN, **moved)
    await world.tell(BookingRescheduled, written)
    failed = a_public_booking(revision=4, entry=EntryState.FAILED, **moved)
    await world.tell(BookingConfirmed, failed)
    assert len(await told(world)) == 4
