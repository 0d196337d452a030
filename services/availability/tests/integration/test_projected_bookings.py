"""Bookings told of together leave what they leave when they are told of one by one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from availability.adapters.booking_rows import PostgresBookings
from availability.adapters.tables import booking, claim
from availability.application.project_bookings import project_bookings
from availability_lab.facts import BookingFacts, HostFacts
from availability_lab.lab import Lab
from entente_contracts import BookingEvent, envelope_for, topics
from messaging.delivery import Arrival, Delivery, Position, Tombstone
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.integration

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_POSITION = Position(topics.BOOKING_EVENTS.name, 0, 0)
_BOOKINGS = 40


class Story:
    """What is told of some bookings; of the same seed the same is told, under other ids."""

    def __init__(self, host: HostFacts, seed: int) -> None:
        random = Random(seed)
        self.bookings = [BookingFacts(host) for _ in range(_BOOKINGS)]
        self.arrivals: list[Arrival] = []
        told: list[BookingEvent] = []
        for _ in range(4 * _BOOKINGS):
            facts = random.choice(self.bookings)
            match random.randrange(6):
                case 0:
                    self.arrivals.append(Tombstone(None, _POSITION, str(facts.booking_id), ()))
                    continue
                case 1 if told:
                    event = random.choice(told)
                case 2:
                    event = facts.cancelled()
                case 3:
                    event = facts.held(*(_span(random) for _ in range(random.randint(1, 3))))
                case _:
                    event = facts.booked(*_span(random))
            told.append(event)
            self.arrivals.append(_delivered(event))

    def rows(self, found: Mapping[UUID, Sequence[Any]]) -> list[Any]:
        """Return what was found of each booking, in the order of the bookings."""
        return [sorted(found.get(it.booking_id, [])) for it in self.bookings]


def _span(random: Random) -> tuple[str, str]:
    day, hour = random.randint(1, 30), random.randint(0, 22)
    return f"2026-11-{day:02}T{hour:02}:00", f"2026-11-{day:02}T{hour + 1:02}:00"


def _delivered(event: BookingEvent) -> Delivery[object]:
    about = envelope_for(event, source="/tests", time=_NOW)
    return Delivery(event, about, _POSITION, about.partition_key, ())


async def rows(session: AsyncSession) -> Mapping[UUID, Sequence[Any]]:
    found: dict[UUID, list[Any]] = {}
    columns = (booking.c.booking_id, booking.c.revision, booking.c.ended)
    for booking_id, *facts in await session.execute(select(*columns)):
        found.setdefault(booking_id, []).append(("booking", *facts))
    taken = (claim.c.booking_id, claim.c.starts, claim.c.ends, claim.c.held)
    for booking_id, *facts in await session.execute(select(*taken)):
        found.setdefault(booking_id, []).append(("claim", *facts))
    return found


@pytest.mark.parametrize("seed", range(8))
async def test_together_or_one_by_one_is_the_same(lab: Lab, seed: int) -> None:
    host = lab.host()
    together, alone = Story(host, seed), Story(host, seed)
    async with lab.sessions() as session:  # what it holds is gone with it
        bookings = PostgresBookings(session)
        changed = set(await project_bookings(bookings, together.arrivals))
        changed_alone = {
            change
            for arrival in alone.arrivals
            for change in await project_bookings(bookings, [arrival])
        }
        found = await rows(session)
    assert together.rows(found) == alone.rows(found)
    assert sum(map(len, together.rows(found))) > _BOOKINGS
    assert changed == changed_alone
