"""Several senders, leases that run out, and a database that goes away at the worst moment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from entente_contracts import BookingConfirmed, NotificationSent
from journal.lab.eventually import eventually
from notifier.adapters.backlog import Backlog
from notifier.adapters.dispatch import PostgresDispatch
from notifier.adapters.housekeeping import KEPT_FOR, Housekeeping
from notifier.adapters.smtp import SmtpMailer
from notifier.application.deliver import deliver
from notifier.application.mail import ClaimedMail, Mail
from notifier.domain.sending import Accepted, Fault, Outcome, Postponed
from notifier.testing.lives import a_public_booking, span
from notifier.testing.world import SENDER, World
from sqlalchemy.exc import InterfaceError

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)
RUN_OUT = timedelta(0)


async def claimed(world: World, lease: timedelta = MINUTE) -> list[ClaimedMail]:
    return list(await PostgresDispatch(world.sessions).claim(world.clock(), most=9, lease=lease))


async def test_senders_side_by_side_never_hold_the_same_mail(world: World) -> None:
    await world.tell(BookingConfirmed, a_public_booking())
    batches = await asyncio.gather(*(claimed(world) for _ in range(5)))
    held = [mail.mail.id for batch in batches for mail in batch]
    assert len(held) == len(set(held)) == 2


async def test_who_lost_the_lease_cannot_settle_but_what_was_accepted_is_sent(world: World) -> None:
    await world.tell(BookingConfirmed, a_public_booking())
    dispatch = PostgresDispatch(world.sessions)
    old, _ = await claimed(world, RUN_OUT)
    new, _ = await claimed(world)
    now = world.clock()
    again = now + MINUTE
    failed = Postponed(Fault.UNREACHABLE)
    assert not await dispatch.settle(old, failed, now=now, retry_at=again)
    assert await dispatch.settle(old, Accepted(250), now=now, retry_at=None)
    assert not await dispatch.settle(new, Accepted(250), now=now, retry_at=None)
    assert not await dispatch.settle(new, failed, now=now, retry_at=again)
    assert await world.announced() == [NotificationSent.type]


class FlakyDispatch(PostgresDispatch):
    """Loses its connection before the first marks."""

    failures = 3

    async def settle(
        self, claimed: ClaimedMail, outcome: Outcome, *, now: datetime, retry_at: datetime | None
    ) -> bool:
        if self.failures:
            self.failures -= 1
            raise InterfaceError("UPDATE", {}, Exception("connection is closed"))
        return await super().settle(claimed, outcome, now=now, retry_at=retry_at)


async def test_an_answer_is_marked_though_the_database_was_away(world: World) -> None:
    await world.tell(BookingConfirmed, a_public_booking())
    dispatch = FlakyDispatch(world.sessions)
    held, _ = await claimed(world, RUN_OUT)
    mailer = SmtpMailer(world.settings.smtp, sender=SENDER)
    await deliver(held, mailer=mailer, dispatch=dispatch, clock=world.clock, first_wait=MINUTE)
    await world.send()
    assert sorted(m.recipient for m in world.server.accepted) == [
        "ana@example.org",
        "elodie@example.com",
    ]


class Unwilling:
    """A mailer that fails in a way nobody foresaw."""

    async def send(self, mail: Mail) -> Outcome:
        raise RuntimeError(mail.kind)


async def test_a_failure_nobody_foresaw_loses_no_mail(world: World) -> None:
    await world.tell(BookingConfirmed, a_public_booking())
    await world.send(Unwilling())
    assert {state for _, _, state in await world.ledger()} == {"pending"}
    assert world.server.taken == []


async def test_a_sender_that_is_stopped_finishes_what_it_has_in_hand(world: World) -> None:
    world.server.script.delay = 0.5
    await world.tell(BookingConfirmed, a_public_booking())
    running = asyncio.create_task(world.sender().run())
    await eventually(dialogues(world), lambda count: count == 2)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert {state for _, _, state in await world.ledger()} == {"sent"}
    assert len(world.server.accepted) == 2


def dialogues(world: World) -> Callable[[], Awaitable[int]]:
    async def count() -> int:
        return sum(world.server.script.dialogues.values())

    return count


async def test_what_waits_is_measured(world: World) -> None:
    assert await Backlog(world.sessions).measure() == (0, 0.0)
    await world.tell(BookingConfirmed, a_public_booking())
    pending, oldest = await Backlog(world.sessions).measure()
    assert pending == 2
    assert oldest > 0
    await world.send()
    assert await Backlog(world.sessions).measure() == (0, 0.0)


async def test_meetings_that_are_long_over_are_forgotten_but_not_the_ledger(world: World) -> None:
    over = datetime.now(UTC) - KEPT_FOR - timedelta(hours=1)
    world.clock.now = over - timedelta(days=1)
    await world.tell(BookingConfirmed, a_public_booking(slot=span(over)))
    await Housekeeping(world.sessions).forget()
    assert await world.rows("SELECT 1 FROM booking") == []
    assert await world.rows("SELECT 1 FROM reminder") == []
    assert len(await world.ledger()) == 2
    await world.tell(BookingConfirmed, a_public_booking(slot=span(datetime.now(UTC))))
    await Housekeeping(world.sessions).forget()
    assert len(await world.rows("SELECT 1 FROM booking")) == 1
