"""Answers of calendars come by the hundred: they share a transaction, and each counts once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiokafka import ConsumerRecord
from booking.adapters.postgres.batched_bookings import batched_bookings_in
from booking.adapters.postgres.stores import bookings_in, calendars_in, hosts_in
from booking.application.note_answer import note_answer
from booking.application.wake import wake_booking
from booking.domain.booking import Booking, Option, Status
from booking.domain.entry import Entry, Known
from booking.domain.proposing import book
from booking.domain.rescheduling import reschedule
from booking.domain.slot import Slot
from booking.entrypoints import consumers as entrypoints
from booking.entrypoints.consumers import Stores, consumers
from booking.testing.lives import ANSWER_BY, NOW, a_proposal, host, route, slot_at
from booking.testing.world import LINK_KEY, World
from entente_contracts import (
    BookingConfirmed,
    BookingRescheduled,
    EntryDelivery,
    EntryWritten,
    Message,
    encode,
    envelope_for,
)
from entente_contracts.topics import CALENDAR_ENTRIES
from messaging.clients import KafkaProducer, Record
from messaging.database import build_engine, build_sessions
from messaging.dead_letter import DeadLetters
from messaging.delivery import Delivery
from messaging.processing import Progress, RecordProcessor
from messaging.telemetry import Processing

pytestmark = pytest.mark.integration


class Letters:
    """A producer that keeps what is sent."""

    def __init__(self) -> None:
        self.values: list[bytes | None] = []

    async def send_and_wait(self, topic: str, value: bytes | None = None, **_: Any) -> None:
        del topic
        self.values.append(value)


class Answers:
    """The consumer of calendars' answers, without Kafka."""

    def __init__(self, world: World, processor: RecordProcessor, letters: Letters) -> None:
        self.world = world
        self.letters = letters
        self._processor = processor

    async def process(self, records: Sequence[Record]) -> Progress:
        """Handle records as one batch."""
        return await self._processor.process(records, asyncio.Event())

    async def booked(self, hours: int, *, host_id: UUID | None = None) -> Booking:
        """Store a booking whose calendar has been asked."""
        option = Option(id=uuid4(), uid=f"{uuid4()}@entente", slot=slot_at(hours))
        wanted = replace(a_proposal(uuid4(), host(host_id or uuid4())), options=(option,))
        routes = {wanted.hosts[0].host_id: route(uuid4())}
        transition = book(wanted, routes=routes, answer_by=ANSWER_BY, now=NOW)
        await self.world.services.bookings.store(transition)
        return transition.after

    async def seen(self, bookings: Sequence[Booking]) -> list[Booking]:
        """Return the bookings as they are now."""
        load = self.world.services.bookings.load
        return [cast("Booking", await load(booking.id)) for booking in bookings]

    async def events(self) -> list[tuple[str, str, int]]:
        """Return type, subject and version of what waits in the outbox, in its order."""
        rows = await self.world.database.fetch(
            "SELECT headers ->> 'ce_type', headers ->> 'ce_subject',"
            " (headers ->> 'ce_aggregateversion')::int FROM outbox ORDER BY id"
        )
        return [cast("tuple[str, str, int]", tuple(row)) for row in rows]

    async def confirmed(self) -> Counter[str]:
        """Count the announcements of each booking's confirmation."""
        return Counter(
            subject for kind, subject, _ in await self.events() if kind == BookingConfirmed.type
        )


@pytest_asyncio.fixture
async def answers(world: World) -> AsyncGenerator[Answers]:
    engine = build_engine(world.settings, application_name="test")
    stores = Stores(
        bookings=bookings_in(LINK_KEY),
        batched_bookings=batched_bookings_in(LINK_KEY),
        calendars=calendars_in,
        hosts=hosts_in,
    )
    consumer = next(
        c for c in consumers(stores, world.clock, group="test") if c.topic == CALENDAR_ENTRIES
    )
    letters = Letters()
    processor = RecordProcessor(
        consumer,
        sessions=build_sessions(engine),
        dead_letters=DeadLetters(consumer, cast("KafkaProducer", letters)),
        processing=Processing("test", parent_max_age_seconds=3600),
    )
    yield Answers(world, processor, letters)
    await engine.dispose()


def record(message: Message, offset: int = 0) -> Record:
    envelope = envelope_for(message, source="/connector", time=datetime.now(UTC))
    return ConsumerRecord(
        topic=CALENDAR_ENTRIES.name,
        partition=0,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=envelope.partition_key.encode(),
        value=encode(message),
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=envelope.to_headers(),
    )


def spoilt(good: Record) -> Record:
    return replace(good, value=b"{")


def written(booking: Booking, url: str | None = None) -> EntryWritten:
    return EntryWritten(
        **_about(booking, booking.entries[0]),
        delivery=EntryDelivery.CALENDAR,
        conference_url=url,
    )


def _about(booking: Booking, entry: Entry) -> dict[str, Any]:
    return {
        "tenant_id": booking.tenant_id,
        "booking_id": booking.id,
        "calendar_id": entry.calendar_id,
        "booking_revision": entry.revision,
        "uid": entry.uid,
        "sequence": booking.sequence,
        "option_id": entry.option_id,
        "command_id": entry.command_id(booking.id),
        "occurred_at": NOW,
    }


async def test_the_answers_of_a_batch_confirm_each_booking_once(answers: Answers) -> None:
    bookings = [await answers.booked(number) for number in range(20)]

    progress = await answers.process([record(written(booking)) for booking in bookings])

    assert progress == Progress(20)
    assert {booking.status for booking in await answers.seen(bookings)} == {Status.CONFIRMED}
    assert await answers.confirmed() == Counter(str(booking.id) for booking in bookings)


async def test_two_answers_about_one_booking_are_applied_in_their_order(answers: Answers) -> None:
    one, other = await answers.booked(0), await answers.booked(1)
    first, again = written(one), written(one, url="https://meet.example/late")

    await answers.process([record(first), record(written(other)), record(again)])

    (seen, _) = await answers.seen([one, other])
    assert (seen.revision, seen.conference_url) == (one.revision + 1, None)
    assert (await answers.confirmed())[str(one.id)] == 1


async def test_what_follows_from_one_answer_meets_the_next_of_the_same_batch(
    answers: Answers,
) -> None:
    one = await answers.booked(0)
    await answers.process([record(written(one))])
    (confirmed,) = await answers.seen([one])
    to = Slot(slot_at(5).start, slot_at(5).end)
    calendar = route(confirmed.entries[0].calendar_id)
    move = reschedule(
        confirmed,
        to,
        hosts=confirmed.hosts,
        routes={confirmed.hosts[0].host_id: calendar},
        answer_by=NOW + timedelta(hours=1),
        now=NOW,
    )
    await answers.world.services.bookings.store(move)
    moved, other = move.after, await answers.booked(1)

    await answers.process([record(written(other)), record(written(moved)), record(written(moved))])

    (seen, _) = await answers.seen([one, other])
    assert seen.slot == to
    events = await answers.events()
    assert [e for e in events if e[0] == BookingRescheduled.type] == [
        (BookingRescheduled.type, str(one.id), moved.revision + 1)
    ]
    assert (await answers.confirmed())[str(other.id)] == 1


async def test_duplicates_within_a_batch_and_after_it_change_nothing(answers: Answers) -> None:
    bookings = [await answers.booked(number) for number in range(3)]
    records = [record(written(booking)) for booking in bookings]

    assert await answers.process([*records, *records]) == Progress(6)
    # The process died before it committed the offsets: all of it comes again.
    assert await answers.process([*records, *records]) == Progress(6)

    assert set((await answers.confirmed()).values()) == {1}
    assert [booking.revision for booking in await answers.seen(bookings)] == [2, 2, 2]


@pytest.mark.parametrize("unreadable", [True, False])
async def test_a_poison_record_in_the_middle_leaves_alone(
    answers: Answers, monkeypatch: pytest.MonkeyPatch, unreadable: bool
) -> None:
    bookings = [await answers.booked(number) for number in range(7)]
    records = [record(written(booking), n) for n, booking in enumerate(bookings)]
    if unreadable:
        records[3] = spoilt(records[3])
    else:
        _poison(monkeypatch, bookings[3].id)

    assert await answers.process(records) == Progress(7)

    assert answers.letters.values == [records[3].value]
    healthy = [booking for booking in bookings if booking is not bookings[3]]
    assert await answers.confirmed() == Counter(str(booking.id) for booking in healthy)
    assert (await answers.seen(bookings))[3].status is Status.CONFIRMING


async def test_answers_that_come_as_the_deadline_passes_confirm_each_booking_once(
    answers: Answers,
) -> None:
    bookings = [await answers.booked(number) for number in range(30)]
    expected = {booking.id: booking.entries[0] for booking in bookings}

    answers.world.clock.now = ANSWER_BY

    await asyncio.gather(
        answers.process([record(written(booking)) for booking in bookings]),
        *(wake_booking(answers.world.services, booking.id) for booking in bookings),
    )

    for booking in await answers.seen(bookings):
        assert booking.status is Status.CONFIRMED
        assert booking.entries[0].command_id(booking.id) == expected[booking.id].command_id(
            booking.id
        )
        assert booking.known_entry is Known.WRITTEN
    assert set((await answers.confirmed()).values()) == {1}


def _poison(monkeypatch: pytest.MonkeyPatch, booking_id: UUID) -> None:
    async def poisoned(bookings: Any, delivery: Delivery[Any], *, now: Any) -> None:
        if delivery.message.booking_id == booking_id:
            raise ValueError
        await note_answer(bookings, delivery, now=now)

    monkeypatch.setattr(entrypoints, "note_answer", poisoned)
