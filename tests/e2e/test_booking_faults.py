"""Bookings while calendar servers fail, and while many want the same time."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from itertools import cycle, islice
from typing import Any

import httpx
import pytest
import pytest_asyncio
from bookable import Booking, Offer, available, new_guest, new_host, offer
from connector_lab.fault_proxy import Cut, FaultProxy
from entente import Entente
from evidence import CONFIRMED, CONFLICT, is_over, is_told, mails_to, published
from journal.lab.eventually import eventually
from meetings import Meeting, monday
from people import Host, instant
from platforms import DavCalendar, connect_caldav
from restarts import restarted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ZONE = "Europe/Paris"
TEN = monday(ZONE, hour=10)
HALF_HOUR = timedelta(minutes=30)
FOLLOWS = "The entry will follow by itself."


@dataclass(frozen=True)
class Desk:
    """A host whose CalDAV server is reached through a proxy; `calendar` is past it."""

    entente: Entente
    proxy: FaultProxy
    offered: Offer
    calendar: DavCalendar

    @property
    def host(self) -> Host:
        return self.offered.hosts[0]

    async def is_written_once(self, booking: Booking) -> None:
        """Wait for the entry, and require that it was written once and stays alone."""
        await booking.becomes("confirmed", entry="written")
        await is_over(booking)
        (entry,) = await self.calendar.entries(booking.id)
        assert entry.start == instant((await booking.seen())["slot"]["start"])
        assert len([w for w in self.proxy.writes(self.calendar.path) if w.method == "PUT"]) == 1


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def proxy(entente: Entente) -> AsyncGenerator[FaultProxy]:
    """Yield a proxy before Radicale; bookings wait three seconds for their calendars."""
    usual = entente.stack.services["connector"].program.command.environment
    allowed = json.loads(usual["CONNECTOR__EGRESS__ALLOWED_PRIVATE"])
    patience = {
        "BOOKING__SAGA__ANSWER_SECONDS": "3",
        "BOOKING__AVAILABILITY__TIMEOUT_SECONDS": "20",
    }
    async with FaultProxy(entente.radicale) as before_radicale:
        egress = json.dumps([*allowed, before_radicale.authority])
        async with (
            restarted(entente, "connector", CONNECTOR__EGRESS__ALLOWED_PRIVATE=egress),
            restarted(entente, "booking", **patience),
        ):
            yield before_radicale


@pytest_asyncio.fixture(loop_scope="session")
async def desk(entente: Entente, proxy: FaultProxy) -> AsyncGenerator[Desk]:
    proxy.faults.clear()
    host = await new_host(entente, ZONE)
    server = replace(entente.radicale, port=proxy.port)
    calendar = replace(await connect_caldav(host, server), server=entente.radicale)
    yield Desk(entente, proxy, await available(await offer(entente, [host])), calendar)
    proxy.faults.clear()


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param((Cut.AFTER,), id="its answer is lost"),
        pytest.param((Cut.BEFORE,), id="the request is lost"),
        pytest.param((500, 503), id="it answers 500 and 503"),
        pytest.param((1.5,), id="it is slow"),
    ],
)
async def test_an_entry_is_there_once_whatever_the_calendar_server_does(
    desk: Desk, faults: Sequence[float | Cut]
) -> None:
    desk.proxy.next("PUT", *faults)
    booking = await desk.offered.book(TEN)
    await desk.is_written_once(booking)
    await is_told(booking, desk.host, CONFIRMED)


@pytest.mark.parametrize("silence", ["it answers 503", "it is stopped", "it hangs"])
async def test_a_silent_calendar_holds_up_nobody_and_gets_its_entry_later(
    desk: Desk, silence: str
) -> None:
    radicale = desk.entente.stack.radicale
    match silence:
        case "it answers 503":
            desk.proxy.next("PUT", *[503] * 1000)
        case "it is stopped":
            await radicale.stop()
        case _:
            radicale.pause()
    try:
        booking = await desk.offered.book(TEN)
        await booking.becomes("confirmed", entry="pending")
        mails = await eventually(partial(mails_to, booking, desk.host.address), bool)
        assert FOLLOWS in mails[0]
    finally:
        desk.proxy.faults.clear()
        radicale.resume()
        await radicale.start()
    await desk.is_written_once(booking)
    await is_told(booking, desk.host, CONFIRMED)


async def test_a_conflict_that_came_while_the_entry_could_not_be_written_is_told(
    desk: Desk,
) -> None:
    desk.proxy.next("PUT", *[503] * 1000)
    booking = await desk.offered.book(TEN)
    await booking.becomes("confirmed", entry="pending")
    await desk.calendar.hold(Meeting(uid="sudden", start=TEN))
    await eventually(partial(mails_to, booking, desk.host.address), lambda mails: len(mails) > 1)
    desk.proxy.faults.clear()
    await desk.is_written_once(booking)
    assert [type(event) for event in await published(booking)] == [CONFIRMED, CONFLICT]
    invitation, _ = await mails_to(booking, desk.host.address)
    assert FOLLOWS in invitation
    assert len(await mails_to(booking, booking.guest)) == 1


@pytest.mark.parametrize("rivals", [50])
async def test_of_guests_who_want_one_time_one_gets_it(desk: Desk, rivals: int) -> None:
    guests = [new_guest() for _ in range(rivals)]
    answers = await asyncio.gather(*(desk.offered.ask(TEN, guest=guest) for guest in guests))
    ((number, won),) = granted_among(answers)
    booking = Booking(desk.entente, won["id"], guests[number])
    await desk.is_written_once(booking)
    await is_told(booking, desk.host, CONFIRMED)


@pytest.mark.parametrize("rivals", [50])
async def test_guests_who_want_overlapping_times_of_two_hosts_book_each_host_once(
    entente: Entente, proxy: FaultProxy, rivals: int
) -> None:
    del proxy  # booking waits for availability
    ada = await new_host(entente, ZONE)
    bob = await new_host(entente, ZONE, tenant=ada.tenant)
    for host in (ada, bob):
        await connect_caldav(host, entente.radicale)
    offers = [
        await available(await offer(entente, hosts, duration_minutes=60))
        for hosts in ([ada, bob], [ada], [bob])
    ]
    wishes = cycle((one, start) for start in (TEN, TEN + HALF_HOUR) for one in offers)
    chosen = list(islice(wishes, rivals))
    answers = await asyncio.gather(*(one.ask(start) for one, start in chosen))
    met = Counter(
        host.id for number, _ in granted_among(answers) for host in chosen[number][0].hosts
    )
    assert met == {ada.id: 1, bob.id: 1}


def granted_among(answers: Sequence[httpx.Response]) -> list[tuple[int, Any]]:
    """Return what was granted, by its place; the others must learn why not and what else."""
    for answer in answers:
        if answer.status_code != HTTPStatus.CREATED:
            assert answer.status_code == HTTPStatus.CONFLICT, answer.text
            assert answer.json()["reason"]
            assert answer.json()["alternatives"]
    return [
        (number, answer.json())
        for number, answer in enumerate(answers)
        if answer.status_code == HTTPStatus.CREATED
    ]
