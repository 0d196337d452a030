"""The saga with a scripted connector: what calendars and people answer, on real topics."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from booking.application.cancel import cancel_booking
from booking.application.confirm import confirm_booking
from booking.application.decline import decline_booking
from booking.application.reschedule import reschedule_booking
from booking.domain.booking import Canceller, Status
from booking.domain.claims import claims_of
from booking.domain.entry import Known
from booking.domain.meeting_type import HostsMode
from booking.domain.parties import Role
from booking.domain.slot import Slot
from booking.subscriptions import TOPICS
from booking.testing.fake_connector import (
    Answer,
    connected,
    eventually,
)
from booking.testing.lives import slot_at
from booking.testing.running import saga_running
from booking.testing.saga import Saga, a_saga
from entente_contracts import (
    AttendeeReplied,
    BusyState,
    CalendarChanged,
    CalendarDisconnected,
    CalendarStatus,
    Conflict,
    NotifiedParty,
    Partstat,
    PartyRole,
    RemoveEntry,
    TimedOccurrence,
    TimeRange,
    WriteEntry,
)
from journal.lab.wire import Wire
from messaging.settings import KafkaSettings
from stack.kafka.broker import KafkaBroker
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def saga(postgres: PostgresServer, kafka: KafkaBroker) -> AsyncGenerator[Saga]:
    """Run one saga for all tests: each has hosts of its own, and the clock only goes forward."""
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
    async with a_saga(await postgres.create_database(unique_name("saga")), settings) as running:
        yield running


async def test_a_booking_is_confirmed_when_its_calendar_has_it(saga: Saga) -> None:
    host, calendar = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host, buffer_before_minutes=10), 1)
    assert booking.status is Status.CONFIRMING
    confirmed = await saga.reaches(booking, Status.CONFIRMED)
    assert (confirmed.known_entry, confirmed.wake_at) == (Known.WRITTEN, None)
    (write,) = saga.connector.of(booking.id, WriteEntry)
    assert isinstance(write, WriteEntry)
    assert write.last_look is not None
    assert write.last_look.calendar_ids == (calendar,)
    assert write.last_look.start == booking.agreed.start - timedelta(minutes=10)


async def test_the_last_look_declines_with_alternatives(saga: Saga) -> None:
    host, calendar = await saga.host()
    saga.connector.answers[calendar] = Answer.REFUSE
    kind = await saga.meeting_type(host)
    busy = Slot(slot_at(1).start, slot_at(1).end + timedelta(hours=2))
    saga.connector.conflicts = (Conflict(calendar_id=calendar, start=busy.start, end=busy.end),)
    declined = await saga.reaches(await saga.wish(kind, 1), Status.DECLINED)
    assert declined.refusal is not None
    assert (declined.refusal.reason, declined.refusal.calendar_id) == ("busy_external", calendar)
    assert declined.alternatives
    assert not any(busy.overlaps(instead) for instead in declined.alternatives)
    assert claims_of(declined) == ()


async def test_silence_confirms_and_the_entry_follows(saga: Saga) -> None:
    host, calendar = await saga.host()
    saga.connector.answers[calendar] = Answer.SILENCE
    booking = await saga.wish(await saga.meeting_type(host), 1)
    saga.late()
    confirmed = await saga.reaches(booking, Status.CONFIRMED)
    assert confirmed.known_entry is Known.PENDING
    saga.connector.answers[calendar] = Answer.WRITE
    saga.world.clock.now += timedelta(minutes=16)
    await saga.reaches(booking, Status.CONFIRMED, known_entry=Known.WRITTEN)
    assert len(saga.connector.of(booking.id, WriteEntry)) == 1


@pytest.mark.parametrize(
    ("answer", "known"), [(Answer.FAIL, Known.FAILED), (Answer.MAIL, Known.BY_MAIL)]
)
async def test_a_meeting_takes_place_whatever_the_calendar_can(
    saga: Saga, answer: Answer, known: Known
) -> None:
    host, calendar = await saga.host(writable=answer is not Answer.MAIL)
    saga.connector.answers[calendar] = answer
    booking = await saga.wish(await saga.meeting_type(host), 1)
    assert (await saga.reaches(booking, Status.CONFIRMED)).known_entry is known


async def test_proposed_dates_appear_only_where_calendars_take_them(saga: Saga) -> None:
    holding, _ = await saga.host(holds=True)
    plain, _ = await saga.host()
    held = await saga.wish(await saga.meeting_type(holding), 1, 5, at_once=False)
    bare = await saga.wish(await saga.meeting_type(plain), 1, 5, at_once=False)

    async def tentative_written() -> bool:
        seen = await saga.services.bookings.load(held.id)
        return seen is not None and {e.known for e in seen.entries} == {Known.WRITTEN}

    await eventually(tentative_written)
    assert saga.connector.of(bare.id, WriteEntry) == []
    chosen = await confirm_booking(saga.services, held, held.options[1].id, by=Role.HOST)
    await saga.reaches(held, Status.CONFIRMED)
    await eventually(lambda: _true(saga.connector.of(held.id, RemoveEntry)))
    (removed,) = saga.connector.of(held.id, RemoveEntry)
    assert (removed.uid, chosen.uid) == (held.options[0].uid, held.options[1].uid)


async def test_either_cancels_and_every_entry_goes(saga: Saga) -> None:
    host, _ = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host), 1)
    confirmed = await saga.reaches(booking, Status.CONFIRMED)
    await cancel_booking(saga.services, confirmed, by=Role.GUEST)
    await eventually(lambda: _true(saga.connector.of(booking.id, RemoveEntry)))


async def test_a_deletion_in_the_calendar_cancels_without_a_command(saga: Saga) -> None:
    host, _ = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host), 1)
    await saga.reaches(booking, Status.CONFIRMED)
    (write,) = saga.connector.of(booking.id, WriteEntry)
    await saga.connector.delete(write)
    cancelled = await saga.reaches(booking, Status.CANCELLED)
    assert cancelled.cancellation is not None
    assert cancelled.cancellation.by is Canceller.CALENDAR
    assert saga.connector.of(booking.id, RemoveEntry) == []


async def test_a_move_in_the_calendar_reschedules_without_an_echo(saga: Saga) -> None:
    host, _ = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host), 1)
    await saga.reaches(booking, Status.CONFIRMED)
    (write,) = saga.connector.of(booking.id, WriteEntry)
    target = slot_at(30)
    await saga.connector.move(write, TimeRange(start=target.start, end=target.end))
    moved = await saga.reaches(booking, Status.CONFIRMED, slot=target)
    assert (moved.sequence, moved.uid) == (1, booking.uid)
    assert [claim.slot for claim in claims_of(moved)] == [target]
    assert len(saga.connector.of(booking.id, WriteEntry)) == 1


async def test_a_move_onto_another_booking_is_moved_back(saga: Saga) -> None:
    host, _ = await saga.host()
    kind = await saga.meeting_type(host)
    other = await saga.reaches(await saga.wish(kind, 30), Status.CONFIRMED)
    booking = await saga.reaches(await saga.wish(kind, 1), Status.CONFIRMED)
    (write,) = saga.connector.of(booking.id, WriteEntry)
    await saga.connector.move(write, TimeRange(start=other.agreed.start, end=other.agreed.end))
    await eventually(lambda: _true(len(saga.connector.of(booking.id, WriteEntry)) == 2))
    back = saga.connector.of(booking.id, WriteEntry)[1]
    assert isinstance(back, WriteEntry)
    assert (back.start, back.sequence) == (booking.agreed.start, 1)


async def test_a_reschedule_to_another_host_writes_there_and_removes_here(saga: Saga) -> None:
    host, old = await saga.host()
    other, new = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host), 1)
    confirmed = await saga.reaches(booking, Status.CONFIRMED)
    await reschedule_booking(
        saga.services, confirmed, slot_at(9).start, by=Role.HOST, host_ids=(other.id,)
    )
    await saga.reaches(booking, Status.CONFIRMED, slot=slot_at(9), move=None)
    await eventually(lambda: _true(saga.connector.of(booking.id, RemoveEntry)))
    (removed,) = saga.connector.of(booking.id, RemoveEntry)
    written = saga.connector.of(booking.id, WriteEntry)
    assert [command.calendar_id for command in written] == [old, new]
    assert (removed.calendar_id, {command.uid for command in written}) == (old, {booking.uid})


async def test_a_declined_invitation_cancels_unless_it_is_old(saga: Saga) -> None:
    host, _ = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host), 1)
    confirmed = await saga.reaches(booking, Status.CONFIRMED)
    await reschedule_booking(saga.services, confirmed, slot_at(9).start, by=Role.GUEST)
    moved = await saga.reaches(booking, Status.CONFIRMED, slot=slot_at(9), move=None)

    async def declines(sequence: int) -> None:
        reply = AttendeeReplied(
            tenant_id="acme",
            booking_id=booking.id,
            booking_revision=moved.revision,
            party=NotifiedParty(role=PartyRole.GUEST),
            uid=booking.uid,
            sequence=sequence,
            partstat=Partstat.DECLINED,
            replied_at=datetime.now(UTC),
        )
        await saga.connector.send(reply)

    async def replies_handled() -> int:
        claimed = "SELECT event_id FROM inbox WHERE consumer LIKE '%notification.events.v1'"
        return len(await saga.world.column(claimed))

    before = await replies_handled()
    await declines(0)

    async def old_reply_handled() -> bool:
        return await replies_handled() > before

    await eventually(old_reply_handled)
    assert (await saga.reaches(booking, Status.CONFIRMED)).cancellation is None
    await declines(1)
    await saga.reaches(booking, Status.CANCELLED)


async def test_holds_expire_and_free_the_time(saga: Saga) -> None:
    host, _ = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host, hold_minutes=30), 1, at_once=False)
    saga.world.clock.now += timedelta(minutes=30)
    await saga.reaches(booking, Status.EXPIRED)
    claims = "SELECT count(*) FROM slot_claim WHERE booking_id = $1"
    assert await saga.world.column(claims, booking.id) == [0]


async def test_unheld_rivals_are_superseded_when_one_is_confirmed(saga: Saga) -> None:
    host, _ = await saga.host()
    kind = await saga.meeting_type(host, holds=False)
    loser = await saga.wish(kind, 1, at_once=False)
    hopeful = await saga.wish(kind, 1, 9, at_once=False)
    winner = await saga.wish(kind, 1, at_once=False)
    await confirm_booking(saga.services, winner, winner.options[0].id, by=Role.HOST)
    superseded = await saga.reaches(loser, Status.SUPERSEDED)
    assert superseded.refusal is not None
    assert superseded.refusal.reason == "busy_own"
    await saga.reaches(hopeful, Status.PROPOSED)


async def test_a_proposal_lives_while_its_date_is_only_held_by_another(saga: Saga) -> None:
    host, _ = await saga.host()
    held = await saga.wish(await saga.meeting_type(host), 5, at_once=False)
    hopeful = await saga.wish(await saga.meeting_type(host, holds=False), 1, 5, at_once=False)
    winner = await saga.wish(await saga.meeting_type(host), 1)
    await saga.reaches(winner, Status.CONFIRMED)

    async def rivals_looked_at() -> bool:
        claimed = "SELECT event_id FROM inbox WHERE consumer LIKE '%booking.events.v1'"
        sent = "SELECT count(*) FROM outbox"
        handled = len(await saga.world.column(claimed))
        await asyncio.sleep(0.5)
        return await saga.world.column(sent) == [0] and handled == len(
            await saga.world.column(claimed)
        )

    await eventually(rivals_looked_at)
    await saga.reaches(hopeful, Status.PROPOSED)
    await decline_booking(saga.services, held, by=Role.HOST)
    confirmed = await confirm_booking(saga.services, hopeful, hopeful.options[1].id, by=Role.HOST)
    await saga.reaches(confirmed, Status.CONFIRMED)


async def test_foreign_busy_time_over_a_meeting_is_told_once(saga: Saga) -> None:
    host, calendar = await saga.host()
    booking = await saga.wish(await saga.meeting_type(host), 1)
    confirmed = await saga.reaches(booking, Status.CONFIRMED)
    slot = confirmed.agreed
    foreign = TimedOccurrence(start=slot.start, end=slot.end, id="x", state=BusyState.BUSY)
    own = TimedOccurrence(
        start=slot.start, end=slot.end, id="y", state=BusyState.BUSY, booking_id=booking.id
    )
    for revision in (1, 2, 3):
        month = CalendarChanged(
            tenant_id="acme",
            calendar_id=calendar,
            host_id=host.id,
            month=f"{slot.start:%Y-%m}",
            revision=revision,
            as_of=datetime.now(UTC),
            occurrences=(own,) if revision == 1 else (own, foreign),
        )
        await saga.connector.send(month)

    async def noted() -> list[object]:
        noticed = "SELECT occurrence FROM conflict WHERE booking_id = $1"
        return await saga.world.column(noticed, booking.id)

    assert await eventually(noted) == ["x"]


async def test_a_host_whose_calendar_goes_keeps_the_place_and_is_skipped(saga: Saga) -> None:
    first, calendar = await saga.host()
    second, _ = await saga.host()
    kind = await saga.meeting_type(first, second, mode=HostsMode.ANY)
    chosen: Counter[UUID] = Counter()
    for hour in (1, 3, 5, 7):
        chosen[(await saga.wish(kind, hour)).hosts[0].host_id] += 1
        saga.world.clock.now += timedelta(seconds=1)
    assert chosen == {first.id: 2, second.id: 2}
    known = await saga.services.calendars.get(calendar)
    assert known is not None
    gone = connected(first.id).calendar.model_copy(
        update={"calendar_id": calendar, "revision": 2, "status": CalendarStatus.DISCONNECTED}
    )
    await saga.connector.send(CalendarDisconnected(tenant_id="acme", calendar=gone))

    async def skipped() -> bool:
        members = await saga.services.calendars.queue("acme")
        return any(m.host_id == first.id and m.skipped for m in members)

    await eventually(skipped)
    later = [(await saga.wish(kind, hour)).hosts[0].host_id for hour in (9, 11)]
    assert later == [second.id, second.id]


async def test_replaying_all_topics_changes_nothing(saga: Saga, kafka: KafkaBroker) -> None:
    host, _ = await saga.host()
    kind = await saga.meeting_type(host)
    booking = await saga.reaches(await saga.wish(kind, 1), Status.CONFIRMED)
    (write,) = saga.connector.of(booking.id, WriteEntry)
    await saga.connector.move(write, TimeRange(start=slot_at(9).start, end=slot_at(9).end))
    await saga.reaches(booking, Status.CONFIRMED, slot=slot_at(9))
    digest = "SELECT md5(string_agg(state::text, '' ORDER BY id)) FROM booking"
    before = await saga.world.column(digest)
    sent = await saga.world.column("SELECT last_value FROM outbox_id_seq")
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
    wire = Wire(settings)
    for _ in range(2):
        # Another group has another inbox: only the domain's own guards are left.
        group = unique_name("replay")
        async with saga_running(saga.world, settings, group=group):

            async def has_read_all(group: str = group) -> bool:
                return not sum([await wire.lag(topic, group) for topic in TOPICS])

            await eventually(has_read_all, within=90)
    assert await saga.world.column(digest) == before
    assert await saga.world.column("SELECT last_value FROM outbox_id_seq") == sent


async def _true(value: object) -> object:
    return value
