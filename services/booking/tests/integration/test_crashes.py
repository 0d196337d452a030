"""Killed at each step of the saga, and started again: it converges, with each effect once."""

import contextlib
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from booking.domain.booking import Booking, Option, Status
from booking.domain.entry import Known
from booking.domain.parties import Role
from booking.domain.proposing import propose
from booking.domain.slot import Slot
from booking.subscriptions import GROUP
from booking.testing.fake_connector import (
    Answer,
    FakeConnector,
    a_fake_connector,
    connected,
    eventually,
)
from booking.testing.lives import a_proposal, host
from booking.testing.process import BookingProcess
from booking.testing.running import prepare_topics
from booking.testing.world import World
from entente_contracts import BookingConfirmed, WriteEntry, topics
from journal.lab.wire import Wire, header
from messaging.settings import KafkaSettings
from stack.errors import StartFailed
from stack.kafka.broker import KafkaBroker
from stack.stack import Stack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

STEPS = {
    "confirm.after_store": Answer.WRITE,
    "relay.after_send": Answer.WRITE,
    "answer.before_store": Answer.WRITE,
    "answer.after_store": Answer.WRITE,
    "consumer.after_commit": Answer.WRITE,
    "wake.after_store": Answer.SILENCE,
}


class Crashes:
    """A booking process to kill, and what it works with."""

    def __init__(self, stack: Stack, world: World, connector: FakeConnector) -> None:
        self._stack = stack
        self.world = world
        self.connector = connector

    def process(self, number: int, failpoints: str) -> BookingProcess:
        return BookingProcess(
            f"booking-{number}-{uuid4().hex[:6]}",
            self._stack.workspace,
            kafka=self.connector.kafka,
            dsn=self.world.settings.dsn.get_secret_value(),
            failpoints=failpoints,
        )

    async def proposal(self, host_id: UUID, days: int) -> Booking:
        """Store a guest's proposal of one date that lies ahead of the real clock."""
        now = datetime.now(UTC)
        start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
        option = Option(
            id=uuid4(), uid=f"{uuid4()}@entente", slot=Slot(start, start + timedelta(minutes=30))
        )
        wanted = replace(a_proposal(uuid4(), host(host_id)), options=(option,))
        transition = propose(wanted, routes={}, expires_at=start, now=now)
        await self.world.services.bookings.store(transition)
        return transition.after


@pytest_asyncio.fixture(loop_scope="session")
async def crashes(
    stack: Stack, world: World, require_real_kafka: KafkaBroker
) -> AsyncGenerator[Crashes]:
    settings = KafkaSettings(bootstrap_servers=require_real_kafka.bootstrap_servers)
    await prepare_topics(settings, GROUP)
    async with a_fake_connector(settings) as connector:
        yield Crashes(stack, world, connector)


async def test_a_process_killed_at_any_step_converges(crashes: Crashes) -> None:
    host_id = uuid4()
    news = connected(host_id)
    calendar_id = news.calendar.calendar_id
    await crashes.connector.send(news)
    bookings: list[Booking] = []
    for number, (failpoint, answer) in enumerate(STEPS.items()):
        crashes.connector.answers[calendar_id] = answer
        booking = await crashes.proposal(host_id, number + 1)
        bookings.append(booking)
        process = crashes.process(number, f"{failpoint}=kill")
        # What its predecessor left may bring it to its failpoint while it starts.
        with contextlib.suppress(StartFailed, httpx.HTTPError):
            await process.program.start()
            await eventually(lambda: crashes.world.services.calendars.get(calendar_id), within=120)
            await confirm(process, booking)
        try:
            await eventually(process.has_died, within=120)
        finally:
            await process.program.stop()
    crashes.connector.answers[calendar_id] = Answer.WRITE
    last = crashes.process(len(STEPS), "")
    await last.program.start()
    try:
        for booking in bookings:
            answered = await confirm(last, booking)
            assert answered.status_code == 200, answered.text
            await eventually(lambda booking=booking: settled(crashes.world, booking), within=120)
        await eventually(lambda: is_empty(crashes.world), within=120)
    finally:
        await last.program.stop()
    await assert_each_effect_once(crashes, bookings)


async def confirm(process: BookingProcess, booking: Booking) -> httpx.Response:
    choice = {"option_id": str(booking.options[0].id)}
    return await process.post(booking.id, Role.HOST, "confirm", choice, key=f"confirm-{booking.id}")


async def settled(world: World, booking: Booking) -> bool:
    seen = await world.services.bookings.load(booking.id)
    confirmed = seen is not None and seen.status is Status.CONFIRMED
    # What was silent when asked first is asked again much later: that is not waited for here.
    return confirmed and seen is not None and seen.known_entry in {Known.WRITTEN, Known.PENDING}


async def is_empty(world: World) -> bool:
    return await world.column("SELECT count(*) FROM outbox") == [0]


async def assert_each_effect_once(crashes: Crashes, bookings: list[Booking]) -> None:
    records = await Wire(crashes.connector.kafka).records(topics.BOOKING_EVENTS)
    confirmed = Counter(
        (header(record, "ce_subject"), header(record, "ce_aggregateversion"))
        for record in {header(record, "ce_id"): record for record in records}.values()
        if header(record, "ce_type") == BookingConfirmed.type
    )
    for booking in bookings:
        revisions = [n for (subject, _), n in confirmed.items() if subject == str(booking.id)]
        assert revisions == [1], "each booking is confirmed by one event"
        assert len(crashes.connector.of(booking.id, WriteEntry)) == 1
