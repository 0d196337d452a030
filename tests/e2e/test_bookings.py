"""Bookings across the whole system: guest, host, calendar and both mails tell one story."""

from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from zoneinfo import ZoneInfo

import pytest
from bookable import Booking, bookable
from entente import Entente
from journal.lab.eventually import eventually
from meetings import Meeting, monday
from people import Host
from platforms import DavCalendar, connect_caldav, connect_in_house, connect_link
from stack.smoke.post import Letter

pytestmark = pytest.mark.e2e

ZONE = "Europe/Paris"
TEN, TWO = monday(ZONE, hour=10), monday(ZONE, hour=14)
DAY = timedelta(days=1)


async def letters_of(booking: Booking, host: Host, number: int) -> list[Letter]:
    """Wait for this many mails, and require that there are no more."""
    found = await eventually(
        partial(booking.mails, host.address), lambda mails: len(mails) >= number
    )
    assert len(found) == number, [letter.recipient for letter in found]
    return found


@pytest.mark.parametrize("initiator", ["guest", "host"])
async def test_a_meeting_in_a_caldav_calendar_from_first_to_last(
    entente: Entente, initiator: str
) -> None:
    calendars: list[DavCalendar] = []

    async def connect(host: Host) -> None:
        calendars.append(await connect_caldav(host, entente.radicale))

    offered = await bookable(entente, connect, ZONE)
    (host,), (calendar,) = offered.hosts, calendars
    if initiator == "guest":
        booking = await offered.book(TEN)
    else:
        booking = await offered.invite(TEN, at_once=True)
    await booking.becomes("confirmed", entry="written")
    (entry,) = await calendar.entries(booking.id)
    assert (entry.start, entry.sequence, entry.status) == (TEN, 0, "CONFIRMED")
    first = await letters_of(booking, host, 2)
    invitation = next(mail.invitation for mail in first if mail.invitation)
    assert (invitation.method, invitation.uid) == ("REQUEST", entry.uid)
    await offered.withdraws(TEN)
    await host.is_busy(Meeting(uid="ours", start=TEN, minutes=30), begin=monday(ZONE))

    moved = await booking.act("guest", "reschedule", start=TWO.isoformat())
    assert moved.status_code == HTTPStatus.OK, moved.text
    await eventually(lambda: calendar.entries(booking.id), lambda found: found[0].start == TWO)
    (again,) = await calendar.entries(booking.id)
    assert (again.uid, again.sequence) == (entry.uid, 1)
    await letters_of(booking, host, 4)
    await offered.restores(TEN)

    ended = await booking.act("host", "cancel", reason="Flu")
    assert ended.status_code == HTTPStatus.OK, ended.text
    await booking.becomes("cancelled", cancelled_by="host", cancellation_reason="Flu")
    await eventually(lambda: calendar.entries(booking.id), lambda found: not found)
    last = (await letters_of(booking, host, 6))[-2:]
    assert {mail.invitation.method for mail in last if mail.invitation} == {"CANCEL"}
    await offered.restores(TWO)


async def test_a_host_with_a_link_gets_the_entry_by_mail(entente: Entente) -> None:
    offered = await bookable(entente, lambda host: connect_link(host, entente.web), ZONE)
    (host,) = offered.hosts
    booking = await offered.book(TEN)
    await booking.becomes("confirmed", entry="by_mail")
    mails = await letters_of(booking, host, 2)
    assert {mail.recipient for mail in mails} == {host.address, booking.guest}
    assert [mail.invitation and mail.invitation.method for mail in mails] == ["REQUEST", "REQUEST"]
    await offered.withdraws(TEN)
    await booking.act("guest", "cancel")
    told = (await letters_of(booking, host, 4))[2:]
    assert [mail.invitation and mail.invitation.method for mail in told] == ["CANCEL", "CANCEL"]


@pytest.mark.parametrize("initiator", ["guest", "host"])
async def test_of_several_dates_the_other_party_chooses_one(
    entente: Entente, initiator: str
) -> None:
    offered = await bookable(
        entente,
        lambda host: connect_caldav(host, entente.radicale),
        ZONE,
        confirmation_required=initiator == "guest",
    )
    (host,) = offered.hosts
    booking = await (offered.book if initiator == "guest" else offered.invite)(TEN, TWO)
    proposed = await booking.becomes("proposed")
    await offered.withdraws(TEN)
    await offered.withdraws(TWO)
    option = proposed["options"][1]["id"]
    own = await booking.act(
        "guest" if initiator == "guest" else "host", "confirm", option_id=option
    )
    assert own.status_code in {HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN}, own.text
    chosen = await booking.act(
        "host" if initiator == "guest" else "guest", "confirm", option_id=option
    )
    assert chosen.status_code == HTTPStatus.OK, chosen.text
    confirmed = await booking.becomes("confirmed")
    assert datetime.fromisoformat(confirmed["slot"]["start"]) == TWO
    await offered.restores(TEN)
    assert len(await letters_of(booking, host, 4)) == 4


async def test_what_an_owner_does_in_the_calendar_happens_to_the_booking(entente: Entente) -> None:
    calendars: list[DavCalendar] = []

    async def connect(host: Host) -> None:
        calendars.append(await connect_caldav(host, entente.radicale))

    offered = await bookable(entente, connect, ZONE)
    booking = await offered.book(TEN)
    await booking.becomes("confirmed", entry="written")
    (entry,) = await calendars[0].entries(booking.id)
    await calendars[0].move(entry, TWO)
    moved = await eventually(
        booking.seen, lambda seen: datetime.fromisoformat(seen["slot"]["start"]) == TWO
    )
    assert moved["status"] == "confirmed"
    await letters_of(booking, offered.hosts[0], 4)

    (entry,) = await calendars[0].entries(booking.id)
    await calendars[0].delete(entry)
    await booking.becomes("cancelled", cancelled_by="calendar")
    await letters_of(booking, offered.hosts[0], 6)


async def test_a_conflict_found_by_the_last_look_declines_with_alternatives(
    entente: Entente,
) -> None:
    calendars: list[DavCalendar] = []

    async def connect(host: Host) -> None:
        calendars.append(await connect_caldav(host, entente.radicale))

    offered = await bookable(entente, connect, ZONE)
    connector = entente.stack.services["connector"].program
    connector.pause()  # no reading sees the event before the guest asks
    await calendars[0].hold(Meeting(uid="sudden", start=TEN))
    booking = await offered.book(TEN)
    connector.resume()
    declined = await booking.becomes("declined")
    assert declined["alternatives"]
    assert await calendars[0].entries(booking.id) == []


async def test_an_in_house_host_is_booked_and_mailed(entente: Entente) -> None:
    async def connect(host: Host) -> None:
        shifts = await connect_in_house(host)
        await shifts.hold()

    offered = await bookable(entente, connect, ZONE)
    booking = await offered.book(TEN)
    await booking.becomes("confirmed", entry="by_mail")
    await letters_of(booking, offered.hosts[0], 2)


def clock_changes(zone: str) -> list[datetime]:
    """Return the first working day after each clock change within a year, at ten."""
    here = ZoneInfo(zone)
    day = datetime.now(here).replace(hour=10, minute=0, second=0, microsecond=0) + 2 * DAY
    found: list[datetime] = []
    while len(found) < 2:
        following = day + DAY
        if following.utcoffset() != day.utcoffset():
            found.append(following + timedelta(days=(7 - following.weekday()) % 7))
        day = following
    return found


async def test_a_meeting_right_after_a_clock_change_is_at_its_time_everywhere(
    entente: Entente,
) -> None:
    calendars: list[DavCalendar] = []

    async def connect(host: Host) -> None:
        calendars.append(await connect_caldav(host, entente.radicale))

    zone = "America/New_York"
    offered = await bookable(entente, connect, zone, horizon_days=400)
    for ten in clock_changes(zone):
        nine = ten.replace(hour=9)
        assert min(await offered.slots(ten.replace(hour=0), ten)) == nine
        booking = await offered.book(ten)
        await booking.becomes("confirmed", entry="written")
        (entry,) = await calendars[0].entries(booking.id)
        assert entry.start == ten
        mails = await letters_of(booking, offered.hosts[0], 2)
        invitation = next(mail.invitation for mail in mails if mail.invitation)
        assert datetime.fromisoformat(invitation.start) == ten
        await offered.withdraws(ten)
