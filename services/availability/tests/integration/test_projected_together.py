"""What is told together leaves what it leaves one by one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any, cast
from uuid import UUID

import pytest
from availability.adapters.digest import digests
from availability.adapters.projecting import PROJECTING
from availability.adapters.tables import (
    LIVE,
    booking,
    calendar,
    calendar_check,
    calendar_month,
    claim,
    host,
)
from availability.application.changes import HostChange
from availability_lab.facts import BookingFacts, CalendarFacts, HostFacts, all_day, timed
from availability_lab.lab import Lab
from entente_contracts import (
    CalendarFault,
    Envelope,
    Event,
    HostStatus,
    Topic,
    envelope_for,
    topics,
)
from messaging.delivery import Arrival, Delivery, Position, Tombstone
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.integration

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_SUBJECTS = 40
_BEFORE = calendar_month.c.beside_before.name  # of a statement, not of what was told
_ZONES = ("Europe/Ljubljana", "America/New_York", "Asia/Tokyo")


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is told of: how one comes to be, what may be told of it, its rows.

    Where a record replaces the one before as if that had never been, `replaces` is set: what it
    changed need not be told.
    """

    topic: Topic
    tables: Sequence[Table]
    key: str
    make: Callable[[HostFacts], Any]
    tell: Callable[[Any, Random], Event]
    replaces: bool = False

    def id_of(self, subject: Any) -> UUID:
        """Return the id of one."""
        return getattr(subject, self.key)

    def read(self, event: Event) -> object:
        """Return an event as the service reads it."""
        return PROJECTING[self.topic].decoder(event.type, event.model_dump_json().encode())

    async def project(
        self, session: AsyncSession, arrivals: Sequence[Arrival]
    ) -> Collection[HostChange]:
        """Apply arrivals as the service does."""
        return await PROJECTING[self.topic].project(session, arrivals)

    async def rows(self, session: AsyncSession) -> Sequence[tuple[UUID, Sequence[Any]]]:
        """Return all rows there are, each with the id of what it tells of."""
        return [
            (row[self.key], [table.name, *(row[it] for it in row if it != _BEFORE)])
            for table in self.tables
            for row in (await session.execute(select(table))).mappings()
        ]


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


def _tell_busy(facts: CalendarFacts, random: Random) -> Event:
    if random.random() < 0.3:
        return facts.checked(as_of=_NOW)
    month = random.randint(1, 3)
    day = random.choice(["01", "15"])
    dates = f"2026-{month:02}-{day}", f"2026-{month:02}-{int(day) + 1:02}"
    booking_id = UUID(int=random.getrandbits(128), version=4)
    kept = [
        timed(f"{dates[0]}T09:00", f"{dates[0]}T10:00", name="a"),
        timed(f"{dates[0]}T12:00", f"{dates[0]}T13:00", name="b", booking_id=booking_id),
        all_day(*dates, name="c"),
    ]
    told = random.sample(kept, random.randint(0, 3))
    return facts.picture(f"2026-{month:02}", *told, as_of=_NOW)


def _span(random: Random) -> tuple[str, str]:
    day, hour = random.randint(1, 30), random.randint(0, 22)
    return f"2026-11-{day:02}T{hour:02}:00", f"2026-11-{day:02}T{hour + 1:02}:00"


def _host(sibling: HostFacts) -> HostFacts:
    return HostFacts(sibling.tenant_id)


def _calendar(sibling: HostFacts) -> CalendarFacts:
    return _host(sibling).calendar()


KINDS = {
    "hosts": Kind(topics.HOST_EVENTS, [host], "host_id", _host, _tell_host),
    "calendars": Kind(topics.CALENDAR_EVENTS, [calendar], "calendar_id", _calendar, _tell_calendar),
    "busy time": Kind(
        topics.CALENDAR_BUSY,
        [calendar_month, calendar_check],
        "calendar_id",
        _calendar,
        _tell_busy,
        replaces=True,
    ),
    "bookings": Kind(
        topics.BOOKING_EVENTS, [booking, claim], "booking_id", BookingFacts, _tell_booking
    ),
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
            match random.randrange(6):
                case 0 | 1 if told:
                    again = random.choice(told)
                    self.arrivals.append(random.choice([_gone, _ended, _arrived])(kind, again))
                case _:
                    told.append(kind.tell(random.choice(subjects), random))
                    self.arrivals.append(_arrived(kind, told[-1]))

    def numbered(self, value: Any) -> Any:
        """Return a value, a number in place of an id of this story."""
        if isinstance(value, list):
            return [self.numbered(it) for it in cast("list[Any]", value)]
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


def _arrived(kind: Kind, event: Event) -> Arrival:
    about = _about(event)
    return Delivery(
        kind.read(event), about, Position(kind.topic.name, 0, 0), about.partition_key, ()
    )


def _ended(kind: Kind, event: Event) -> Arrival:
    about = _about(event)
    return Tombstone(about, Position(kind.topic.name, 0, 0), about.partition_key, ())


def _gone(kind: Kind, event: Event) -> Arrival:
    return Tombstone(None, Position(kind.topic.name, 0, 0), _about(event).partition_key, ())


def _about(event: Event) -> Envelope:
    return envelope_for(event, source="/tests", time=_NOW)


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
    found, one_by_one = together.changes(changed), alone.changes(changed_alone)
    assert found <= one_by_one if kind.replaces else found == one_by_one


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_what_comes_after_its_end_stays_ended(lab: Lab, kind: Kind, together: bool) -> None:
    random = Random(5)
    subjects = [kind.make(lab.host()) for _ in range(_SUBJECTS)]
    redriven, last, anew = ([kind.tell(it, random) for it in subjects] for _ in range(3))
    ends = [_ended_since(kind, old, new) for old, new in zip(redriven, last, strict=True)]
    late = [_arrived(kind, it) for it in redriven]
    async with lab.sessions() as session:  # what it holds is gone with it
        before = await digests(await session.connection(), LIVE)
        turns = [[*ends, *late]] if together else [[it] for it in (*ends, *late)]
        for arrivals in turns:
            assert await kind.project(session, arrivals) == set()
        assert await digests(await session.connection(), LIVE) == before
        await kind.project(session, [_arrived(kind, it) for it in anew])
        rows = await kind.rows(session)
    known = {(subject, it) for subject, values in rows for it in values if isinstance(it, int)}
    assert {
        (kind.id_of(it), told.version()) for it, told in zip(subjects, anew, strict=True)
    } <= known


def _ended_since(kind: Kind, event: Event, later: Event) -> Arrival:
    about = replace(_about(event), aggregate_version=later.version())
    return Tombstone(about, Position(kind.topic.name, 0, 0), about.partition_key, ())
