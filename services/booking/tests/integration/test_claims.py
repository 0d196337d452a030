"""Fifty at once: who gets the time, and what the others are told."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from booking.application.change import store
from booking.application.errors import SlotTakenError
from booking.application.ports import Bookings
from booking.domain.booking import Booking, Canceller, Option
from booking.domain.calendar import Route
from booking.domain.claims import claims_of
from booking.domain.ending import cancel
from booking.domain.parties import Role
from booking.domain.proposing import Proposal, book, propose
from booking.domain.slot import Slot
from booking.testing.lives import (
    ANSWER_BY,
    CALENDAR_A,
    EXPIRES,
    NOW,
    a_proposal,
    host,
    route,
    slot_at,
)
from booking.testing.world import World

pytestmark = pytest.mark.integration

HOSTS = tuple(UUID(int=n) for n in range(100, 106))
RACERS = 50


def wanting(slot: Slot, *host_ids: UUID) -> Proposal:
    """Return the proposal of one date; buffers are ten minutes on either side."""
    option = Option(id=uuid4(), uid=f"{uuid4()}@entente", slot=slot)
    proposal = a_proposal(uuid4(), *(host(host_id) for host_id in host_ids))
    return replace(proposal, options=(option,))


def routes_of(host_ids: Sequence[UUID]) -> dict[UUID, Route]:
    return {host_id: route(CALENDAR_A) for host_id in host_ids}


async def claim(bookings: Bookings, slot: Slot, *host_ids: UUID) -> Booking:
    transition = book(
        wanting(slot, *host_ids), routes=routes_of(host_ids), answer_by=ANSWER_BY, now=NOW
    )
    await bookings.store(transition)
    return transition.after


async def race(
    bookings: Bookings, wishes: Sequence[tuple[Slot, Sequence[UUID]]]
) -> tuple[list[Booking], list[BaseException]]:
    results = await asyncio.gather(
        *(claim(bookings, slot, *host_ids) for slot, host_ids in wishes), return_exceptions=True
    )
    won = [result for result in results if isinstance(result, Booking)]
    return won, [result for result in results if isinstance(result, BaseException)]


OVERLAPPING = """
SELECT count(*) FROM slot_claim a JOIN slot_claim b
ON a.host_id = b.host_id AND a.booking_id < b.booking_id AND a.during && b.during
"""


async def test_fifty_want_one_slot_and_one_gets_it(world: World) -> None:
    for number in range(3):
        slot = slot_at(number)
        won, lost = await race(world.services.bookings, [(slot, HOSTS[:1])] * RACERS)
        assert len(won) == 1
        assert {type(error) for error in lost} == {SlotTakenError}
    assert await world.column("SELECT count(*) FROM slot_claim") == [3]
    assert await world.column("SELECT count(*) FROM booking") == [3]
    assert await world.column("SELECT count(*) FROM outbox") == [3]


async def test_overlapping_slots_of_several_hosts_never_overlap_and_somebody_wins(
    world: World,
) -> None:
    # Every racer wants two or three hosts, in whatever order they are named.
    wishes = [
        (
            Slot(
                slot_at(0).start + timedelta(minutes=5 * (n % 7)),
                slot_at(0).end + timedelta(minutes=5 * (n % 7)),
            ),
            [HOSTS[(n * step) % len(HOSTS)] for step in (5, 1, 2)][: 2 + n % 2],
        )
        for n in range(1, RACERS + 1)
    ]
    wishes = [(slot, list(dict.fromkeys(hosts))) for slot, hosts in wishes]
    won, lost = await race(world.services.bookings, wishes)
    assert won
    assert {type(error) for error in lost} == {SlotTakenError}
    assert await world.column(OVERLAPPING) == [0]
    claims = await world.column("SELECT booking_id FROM slot_claim")
    assert Counter(claims) == {b.id: len(claims_of(b)) for b in won}
    deadlocks = await world.column(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert deadlocks == [0]


async def test_buffers_count_and_what_only_touches_them_does_not(world: World) -> None:
    bookings = world.services.bookings
    first = await claim(bookings, slot_at(0), HOSTS[0])
    apart = first.terms.buffer_before_minutes + first.terms.buffer_after_minutes
    length = slot_at(0).end - slot_at(0).start
    early = first.agreed.end + timedelta(minutes=apart - 1)
    with pytest.raises(SlotTakenError):
        await claim(bookings, Slot(early, early + length), HOSTS[0])
    start = first.agreed.end + timedelta(minutes=apart)
    await claim(bookings, Slot(start, start + length), HOSTS[0])
    await claim(bookings, slot_at(0), HOSTS[1])


async def test_the_loser_is_told_why(world: World) -> None:
    bookings = world.services.bookings
    held = propose(wanting(slot_at(0), HOSTS[0]), routes={}, expires_at=EXPIRES, now=NOW)
    await bookings.store(held)
    booked = await claim(bookings, slot_at(9), HOSTS[0])
    buffered = Slot(booked.agreed.end, booked.agreed.end + timedelta(minutes=30))
    expected = {slot_at(0): "held_by_other", slot_at(9): "busy_own", buffered: "buffer"}
    for slot, reason in expected.items():
        rival = book(wanting(slot, HOSTS[0]), routes={}, answer_by=ANSWER_BY, now=NOW).after
        refusal = await bookings.refusal(rival.terms, claims_of(rival), but=rival.id)
        assert refusal is not None
        assert refusal.reason == reason


async def test_a_cancelled_booking_gives_its_time_back(world: World) -> None:
    bookings = world.services.bookings
    booking = await claim(bookings, slot_at(0), HOSTS[0])
    await store(bookings, cancel(booking, by=Canceller.GUEST, now=NOW), step="cancel")
    again = await claim(bookings, slot_at(0), HOSTS[0])
    assert await world.column("SELECT booking_id FROM slot_claim") == [again.id]


async def test_what_is_stored_comes_back_as_it_was(world: World) -> None:
    bookings = world.services.bookings
    booking = await claim(bookings, slot_at(0), *HOSTS[:2])
    assert await bookings.load(booking.id) == booking
    assert await bookings.get("acme", booking.id) == booking
    assert await bookings.get("rival", booking.id) is None
    assert booking.initiator is Role.GUEST
