"""What the ledger says of each dialogue with a mail server, and what the server saw."""

from datetime import timedelta

import pytest
from entente_contracts import (
    BookingCancelled,
    BookingConfirmed,
    BookingRescheduled,
    BookingStatus,
    Cancellation,
    CancelledBy,
    NotificationFailed,
    NotificationSent,
)
from notifier.adapters.smtp import SmtpMailer
from notifier.testing.lives import START, TENANT, a_guest, a_public_booking, span
from notifier.testing.world import SENDER, World
from stack.mail import MailCatcher

pytestmark = pytest.mark.integration

HOST = "ana@example.org"
GUEST = "elodie@example.com"
CONFIRMED = a_public_booking()


async def test_each_party_gets_one_mail_and_the_ledger_forgets_what_it_said(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    assert await world.send() == 2
    assert sorted(mail.recipient for mail in world.server.accepted) == [HOST, GUEST]
    assert await world.ledger() == [
        ("invitation", "host", "sent"),
        ("invitation", "guest", "sent"),
    ]
    assert await world.announced() == [NotificationSent.type] * 2
    kept = await world.rows(
        "SELECT reply_code FROM mail WHERE message IS NULL AND recipient IS NULL"
    )
    assert [row.reply_code for row in kept] == [250, 250]


async def test_a_change_heard_again_in_another_event_is_told_once(world: World) -> None:
    for _ in range(3):
        await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    await world.tell(BookingConfirmed, CONFIRMED)
    assert await world.send() == 0
    assert len(world.server.taken) == 2


async def test_a_refused_recipient_does_not_keep_the_other_from_being_told(world: World) -> None:
    world.server.script.at_rcpt[GUEST] = "550 5.1.1 No such user"
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    assert await world.ledger() == [
        ("invitation", "host", "sent"),
        ("invitation", "guest", "failed"),
    ]
    assert sorted(await world.announced()) == [NotificationFailed.type, NotificationSent.type]
    row = (await world.rows("SELECT fault, reply_code FROM mail WHERE role = 'guest'"))[0]
    assert (row.fault, row.reply_code) == ("address_rejected", 550)


@pytest.mark.parametrize(
    "reply",
    [
        "530 5.7.0 Authentication required",
        "554 5.7.1 <notifier>: Client host rejected: Access denied",
        "503 Bad sequence of commands",
    ],
)
async def test_what_a_server_has_against_us_is_not_held_against_the_recipient(
    world: World, reply: str
) -> None:
    world.server.script.at_rcpt = {HOST: reply, GUEST: reply}
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    rows = await world.rows("SELECT state, fault, reply_code FROM mail")
    assert {tuple(row) for row in rows} == {("pending", "unreachable", int(reply[:3]))}
    world.server.script.at_rcpt.clear()
    world.clock.now += timedelta(minutes=5)
    await world.send()
    assert sorted(mail.recipient for mail in world.server.accepted) == [HOST, GUEST]


@pytest.mark.parametrize(
    ("reply", "fault"),
    [("552 5.3.4 Too big", "content_rejected"), ("554 5.7.1 Spam", "content_rejected")],
)
async def test_a_refused_content_is_not_sent_again(world: World, reply: str, fault: str) -> None:
    world.server.script.after_data[GUEST] = reply
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    world.clock.now += timedelta(hours=2)
    assert await world.send() == 0
    row = (await world.rows("SELECT fault, state FROM mail WHERE role = 'guest'"))[0]
    assert (row.fault, row.state) == (fault, "failed")


@pytest.mark.parametrize("breaks", ["at_rcpt", "after_data", "drops", "hangs"])
async def test_what_fails_for_now_is_sent_again_to_the_byte(world: World, breaks: str) -> None:
    script = world.server.script
    script.times = 2
    match breaks:
        case "at_rcpt":
            script.at_rcpt[GUEST] = "451 4.7.1 Greylisted"
        case "after_data":
            script.after_data[GUEST] = "451 4.3.0 Try again later"
        case "drops":
            script.drops.add(GUEST)
        case _:
            script.hangs.add(GUEST)
    await world.tell(BookingConfirmed, CONFIRMED)
    for _ in range(3):
        await world.send()
        assert await world.send() == 0, "the next attempt has to wait"
        world.clock.now += timedelta(minutes=5)
    assert await world.ledger() == [
        ("invitation", "host", "sent"),
        ("invitation", "guest", "sent"),
    ]
    to_guest = [mail for mail in world.server.taken if mail.recipient == GUEST]
    assert len({mail.content for mail in to_guest}) == 1
    assert [mail.accepted for mail in to_guest].count(True) == 1
    assert script.dialogues[GUEST] == 3
    told = await world.announced()
    assert told.count(NotificationFailed.type) == 1, "a delay is announced once"
    assert told.count(NotificationSent.type) == 2


async def test_mails_about_a_booking_reach_a_party_in_order(world: World) -> None:
    world.server.script.at_rcpt[GUEST] = "451 4.7.1 Greylisted"
    world.server.script.times = 1
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    later = span(START + timedelta(days=1))
    moved = a_public_booking(revision=3, sequence=1, slot=later, previous_slot=CONFIRMED.slot)
    await world.tell(BookingRescheduled, moved)
    await world.send()
    assert [m.recipient for m in world.server.accepted] == [HOST, HOST]
    world.clock.now += timedelta(minutes=5)
    await world.send()
    to_guest = [m.message["Subject"] for m in world.server.accepted if m.recipient == GUEST]
    assert [subject.partition(":")[0] for subject in to_guest] == ["Confirmed", "New time"]


async def test_news_of_a_meeting_that_is_over_is_not_sent_any_more(world: World) -> None:
    await world.tell(BookingConfirmed, CONFIRMED)
    world.clock.now = START + timedelta(hours=1)
    await world.send()
    assert {state for _, _, state in await world.ledger()} == {"failed"}
    assert world.server.taken == []
    assert await world.announced() == [NotificationFailed.type] * 2


@pytest.mark.parametrize(
    "address", ["x>,<other@example.com", "elodie@example.com.", "=?utf-8?q?x?=@example.com"]
)
async def test_an_address_that_cannot_be_one_is_refused_before_any_dialogue(
    world: World, address: str
) -> None:
    guest = a_guest(address=address)
    await world.tell(BookingConfirmed, a_public_booking(guest=guest))
    await world.send()
    assert await world.ledger() == [
        ("invitation", "host", "sent"),
        ("invitation", "guest", "failed"),
    ]
    assert [mail.recipient for mail in world.server.taken] == [HOST]
    assert sorted(await world.announced()) == [NotificationFailed.type, NotificationSent.type]


async def test_a_change_from_long_ago_is_noted_but_told_to_nobody(world: World) -> None:
    old = BookingConfirmed(tenant_id=TENANT, booking=CONFIRMED)
    await world.hear(old, age=timedelta(days=4))
    assert await world.send() == 0
    ended = Cancellation(by=CancelledBy.HOST)
    cancelled = a_public_booking(
        revision=3, sequence=1, status=BookingStatus.CANCELLED, cancellation=ended
    )
    await world.tell(BookingCancelled, cancelled)
    await world.send()
    assert [m.message["Subject"].partition(":")[0] for m in world.server.accepted] == [
        "Cancelled",
        "Cancelled",
    ]


async def test_without_a_mail_server_everything_waits(world: World) -> None:
    port, world.settings.smtp.port = world.settings.smtp.port, 9
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send()
    assert {state for _, _, state in await world.ledger()} == {"pending"}
    world.settings.smtp.port = port
    world.clock.now += timedelta(minutes=1)
    await world.send()
    assert len(world.server.accepted) == 2


async def test_a_server_without_tls_gets_nothing_where_tls_is_wanted(world: World) -> None:
    guarded = world.settings.smtp.model_copy(update={"tls": "starttls"})
    await world.tell(BookingConfirmed, CONFIRMED)
    await world.send(SmtpMailer(guarded, sender=SENDER))
    assert {state for _, _, state in await world.ledger()} == {"pending"}
    assert world.server.script.dialogues == {}


async def test_another_mail_server_shows_the_mail_as_it_was_made(
    world: World, mail: MailCatcher
) -> None:
    guest = a_guest(address="catcher@example.com", name="Žofka Č.")
    catcher = world.settings.smtp.model_copy(update={"port": mail.smtp_port})
    await world.tell(BookingConfirmed, a_public_booking(guest=guest))
    await world.send(SmtpMailer(catcher, sender=SENDER))
    (caught,) = [m for m in await mail.messages() if m.recipients == ("catcher@example.com",)]
    assert caught.sender == SENDER
    assert caught.message["To"].addresses[0].display_name == "Žofka Č."
    kinds = [part.get_content_type() for part in caught.message.walk()]
    assert kinds[-2:] == ["text/calendar", "application/ics"]
