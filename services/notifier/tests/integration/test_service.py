"""The service on a real Kafka: topics read twice, and death at every step of a mail."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from entente_contracts import (
    Booking,
    BookingCancelled,
    BookingConfirmed,
    BookingEvent,
    BookingProposed,
    BookingRescheduled,
    BookingStatus,
    NotificationSent,
    topics,
)
from journal.lab.eventually import eventually
from journal.lab.wire import Wire, header
from messaging.service import running
from notifier.main import builder
from notifier.settings import NotifierSettings
from notifier.subscriptions import GROUP
from notifier.testing.lives import TENANT, a_guest, a_host, a_public_booking, span
from notifier.testing.mail_server import MailServer
from notifier.testing.process import NotifierProcess
from notifier.testing.topics import prepare_topics, publish
from notifier.testing.world import World, settings_for
from stack.errors import StartFailed
from stack.kafka.broker import KafkaBroker
from stack.spans import read_spans
from stack.stack import Stack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

# Whether a mail may go out twice where the process dies there: only between 250 and mark.
STEPS = {
    "notifier.before_record=kill": False,
    "notifier.before_send=kill": False,
    "notifier.after_250=kill": True,
    "notifier.before_mark=kill": True,
    "notifier.after_mark=kill": False,
    # The second mail waits: else it may be in its window when the event of the first is out.
    "relay.after_send=kill;notifier.before_send=sleep(60)@2": False,
}

UNSETTLED = "SELECT 1 FROM mail WHERE state = 'pending' UNION ALL SELECT 1 FROM outbox"


@pytest_asyncio.fixture(loop_scope="session")
async def settings(
    world: World, require_real_kafka: KafkaBroker
) -> AsyncGenerator[NotifierSettings]:
    made = settings_for(
        world.settings.postgres.dsn.get_secret_value(),
        world.server.port,
        kafka=require_real_kafka.bootstrap_servers,
    )
    await prepare_topics(made.kafka)
    yield made


def a_future_booking(
    booking_id: UUID, revision: int = 1, days: int = 7, **changes: object
) -> Booking:
    """Return a booking that lies ahead of the real clock; its parties are nobody else's."""
    now = datetime.now(UTC)
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
    given: dict[str, object] = {
        "booking_id": booking_id,
        "revision": revision,
        "slot": span(start),
        "guest": a_guest(address=f"guest-{booking_id}@example.com"),
        "hosts": (a_host(address=f"host-{booking_id}@example.org"),),
        "changed_at": now,
    }
    return a_public_booking(**given | changes)


def a_life(booking_id: UUID) -> list[BookingEvent]:
    """Return the events of a booking from its proposal to its end."""
    in_two_days = datetime.now(UTC) + timedelta(days=2)
    proposed = a_future_booking(
        booking_id, status=BookingStatus.PROPOSED, slot=None, expires_at=in_two_days
    )
    confirmed = a_future_booking(booking_id, 2)
    moved = a_future_booking(booking_id, 3, days=8, sequence=1)
    ended = a_future_booking(booking_id, 4, days=8, sequence=2, status=BookingStatus.CANCELLED)
    return [
        BookingProposed(tenant_id=TENANT, booking=proposed),
        BookingConfirmed(tenant_id=TENANT, booking=confirmed),
        BookingRescheduled(tenant_id=TENANT, booking=moved),
        BookingCancelled(tenant_id=TENANT, booking=ended),
    ]


def accepted(server: MailServer, booking_id: UUID) -> Counter[str]:
    """Count the mails that the server took for a booking, by recipient."""
    return Counter(m.recipient for m in server.accepted if str(booking_id) in m.recipient)


async def drained(world: World, settings: NotifierSettings, group: str = GROUP) -> None:
    """Let the service handle all there is."""

    async def behind() -> int:
        return await Wire(settings.kafka).lag(topics.BOOKING_EVENTS, group)

    async with running("notifier", settings, builder(settings, group=group)):
        await eventually(behind, lambda left: left == 0, within=120)
        await eventually(lambda: world.rows(UNSETTLED), lambda rows: not rows, within=120)


async def test_topics_read_twice_tell_nobody_twice(
    world: World, settings: NotifierSettings
) -> None:
    booking_id = uuid4()
    for event in a_life(booking_id):
        await publish(settings.kafka, event)

    for group in (f"notifier-{uuid4().hex[:8]}", f"notifier-{uuid4().hex[:8]}"):
        await prepare_topics(settings.kafka, group)
        await drained(world, settings, group)
        counts = accepted(world.server, booking_id)
        assert set(counts.values()) == {4}, "two parties hear of four changes"
        assert len(counts) == 2
    records = await Wire(settings.kafka).records(topics.NOTIFICATION_EVENTS)
    sent = [r for r in records if header(r, "ce_subject") == str(booking_id)]
    assert [header(r, "ce_type") for r in sent] == [NotificationSent.type] * 8


async def test_one_trace_leads_from_the_event_to_the_mail_server(
    world: World, settings: NotifierSettings, stack: Stack
) -> None:
    await drained(world, settings)
    booking_id, trace_id = uuid4(), uuid4().hex
    process = NotifierProcess(f"notifier-{booking_id.hex[:8]}", stack.workspace, settings)
    await process.program.start()
    try:
        confirmed = BookingConfirmed(tenant_id=TENANT, booking=a_future_booking(booking_id))
        parent = f"00-{trace_id}-{uuid4().hex[:16]}-01"
        await publish(settings.kafka, confirmed, traceparent=parent)
        query = "SELECT 1 FROM mail WHERE about = :id AND state = 'sent'"
        await eventually(lambda: world.rows(query, id=booking_id), lambda rows: len(rows) == 2)
    finally:
        await process.program.stop()
    spans = [span for span in read_spans(process.spans) if span.trace_id == trace_id]
    assert Counter(span.name for span in spans if "commit" not in span.name) == {
        "process booking.events.v1": 1,
        "mail send": 2,
        "smtp send": 2,
        "create notification.events.v1": 2,
    }
    by_id = {span.span_id: span.name for span in spans}
    parents = {span.name: by_id.get(span.parent_id or "") for span in spans}
    assert parents["mail send"] == "process booking.events.v1"
    assert parents["smtp send"] == "mail send"
    written = process.spans.read_text() + process.program.log.read_text()
    for private in (f"guest-{booking_id}@", "Élodie", "Introduction", "/b/"):
        assert private not in written


async def test_killed_at_any_step_each_mail_goes_out_once_or_again_to_the_byte(
    world: World, settings: NotifierSettings, stack: Stack
) -> None:
    await drained(world, settings)
    for step, is_in_window in STEPS.items():
        booking_id = uuid4()
        confirmed = BookingConfirmed(tenant_id=TENANT, booking=a_future_booking(booking_id))
        await publish(settings.kafka, confirmed)
        name = f"notifier-{booking_id.hex[:8]}"
        # One at a time: else another mail may be between 250 and its mark when the process dies.
        process = NotifierProcess(name, stack.workspace, settings, failpoints=step, at_once=1)
        try:
            # It may come to its failpoint while it starts.
            with suppress(StartFailed):
                await process.program.start()
            await eventually(process.has_died, bool, within=120)
        finally:
            await process.program.stop()
        await drained(world, settings)
        counts = accepted(world.server, booking_id)
        assert len(counts) == 2, f"{step}: somebody was not told"
        assert max(counts.values()) == (2 if is_in_window else 1), f"{step}: {counts}"
        contents = {m.content for m in world.server.accepted if str(booking_id) in m.recipient}
        assert len(contents) == 2, f"{step}: a repeated mail differs"
