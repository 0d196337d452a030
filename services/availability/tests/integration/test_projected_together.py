"""What is told together of hosts, calendars or bookings leaves what it leaves one by one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from availability.adapters.projecting import PROJECTING
from availability.adapters.tables import booking, calendar, claim, host
from availability.application.changes import HostChange
from availability_lab.facts import BookingFacts, CalendarFacts, HostFacts
from availability_lab.lab import Lab
from entente_contracts import CalendarFault, Event, HostStatus, Topic, envelope_for, topics
from messaging.delivery import Arrival, Delivery, Position, Tombstone
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.integration

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_SUBJECTS = 40
_ZONES = ("Europe/Ljubljana", "America/New_York", "Asia/Tokyo")


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is told of: how one comes to be, what may be told of it, its rows."""

    topic: Topic
    tables: Sequence[Table]
    make: Callable[[HostFacts], Any]
    tell: Callable[[Any, Random], Event]

    def id_of(self, subject: Any) -> UUID:
        """Return the id of one."""
        return getattr(subject, self._key)

    async def project(
        self, session: AsyncSession, arrivals: Sequence[Arrival]
    ) -> Collection[HostChange]:
        """Apply arrivals as the service does."""
        return await PROJECTING[self.topic].project(session, arrivals)

    async def rows(self, session: AsyncSession) -> Sequence[tuple[UUID, Sequence[Any]]]:
        """Return all rows there are, each with the id of what it tells of."""
        return [
            (row[self._key], [table.name, *row.values()])
            for table in self.tables
            for row in (await session.execute(select(table))).mappings()
        ]

    @property
    def _key(self) -> str:
        (key,) = self.tables[0].primary_key
        return key.name


def _tell_host(facts: HostFacts, random: Random) -> Event:
    return facts.changed(zone=random.choice(_ZONES), status=random.choice([*HostStatus]))


def _tell_calendar(facts: CalendarFacts, random: Random) -> Event:
    match random.randrange(4):
        case 0:
            return facts.degraded()
        case 1:
            return facts.disconnected(random.choice([CalendarFault.REQUESTED, CalendarFault.GONE]))
        case _:
            return facts.switched(blocks=random.random() < 0.5)


def _tell_booking(facts: BookingFacts, random: Random) -> Event:
    match random.randrange(4):
        case 0:
            return facts.cancelled()
        case 1:
            return facts.held(*(_span(random) for _ in range(random.randint(1, 3))))
        case _:
            return facts.booked(*_span(random))


def _span(random: Random) -> tuple[str, str]:
    day, hour = random.randint(1, 30), random.randint(0, 22)
    return f"2026-11-{day:02}T{hour:02}:00", f"2026-11-{day:02}T{hour + 1:02}:00"


KINDS = {
    "hosts": Kind(topics.HOST_EVENTS, [host], lambda it: HostFacts(it.tenant_id), _tell_host),
    "calendars": Kind(
        topics.CALENDAR_EVENTS,
        [calendar],
        lambda it: HostFacts(it.tenant_id).calendar(),
        _tell_calendar,
    ),
    "bookings": Kind(topics.BOOKING_EVENTS, [booking, claim], BookingFacts, _tell_booking),
}


class Story:
    """What is told of some things; of the same seed the same is told, under other ids."""

    def __init__(self, kind: Kind, host: HostFacts, seed: int) -> None:
        random = Random(seed)
        subjects = [kind.make(host) for _ in range(_SUBJECTS)]
        self._kind = kind
        self._numbers: dict[UUID, int] = {}
        for number, subject in enumerate(subjects):
            host_id = subject.host_id if isinstance(subject, HostFacts) else subject.host.host_id
            self._numbers |= {kind.id_of(subject): number, host_id: number}
        self.arrivals: list[Arrival] = []
        told: list[Event] = []
        for _ in range(4 * _SUBJECTS):
            subject = random.choice(subjects)
            match random.randrange(6):
                case 0:
                    self.arrivals.append(_gone(kind.topic, str(kind.id_of(subject))))
                    continue
                case 1 if told:
                    event = random.choice(told)
                case _:
                    event = kind.tell(subject, random)
            told.append(event)
            self.arrivals.append(_delivered(kind.topic, event))

    def numbered(self, value: Any) -> Any:
        """Return a value, a number in place of an id of this story."""
        return self._numbers.get(value, value) if isinstance(value, UUID) else value

    async def rows(self, session: AsyncSession) -> list[str]:
        """Return the rows of what was told of."""
        return sorted(
            repr([self.numbered(value) for value in values])
            for subject, values in await self._kind.rows(session)
            if subject in self._numbers
        )

    def changes(self, changes: Collection[HostChange]) -> set[HostChange]:
        """Return changes of the story's hosts."""
        return {it._replace(host_id=self.numbered(it.host_id)) for it in changes}


def _gone(topic: Topic, key: str) -> Tombstone:
    return Tombstone(None, Position(topic.name, 0, 0), key, ())


def _delivered(topic: Topic, event: Event) -> Delivery[object]:
    about = envelope_for(event, source="/tests", time=_NOW)
    return Delivery(event, about, Position(topic.name, 0, 0), about.partition_key, ())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_together_or_one_by_one_is_the_same(lab: Lab, kind: Kind, seed: int) -> None:
    whose = lab.host()
    together, alone = Story(kind, whose, seed), Story(kind, whose, seed)
    async with lab.sessions() as session:  # what it holds is gone with it
        changed = await kind.project(session, together.arrivals)
        changed_alone: set[HostChange] = set()
        for arrival in alone.arrivals:
            changed_alone.update(await kind.project(session, [arrival]))
        rows, rows_alone = await together.rows(session), await alone.rows(session)
    assert len(rows) >= _SUBJECTS - 5
    assert rows == rows_alone
    assert together.changes(changed) == alone.changes(changed_alone)
