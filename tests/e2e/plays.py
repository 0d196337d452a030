"""The life of a booking in several plays, in each of which a service dies at some step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from uuid import UUID, uuid4

from bookable import Booking, Offer, granted, new_guest
from entente import Entente
from entente_contracts import AttendeeReplied, BookingEvent, encode, envelope_for
from entente_contracts.notification import NotifiedParty, Partstat
from entente_contracts.values import PartyRole
from evidence import CANCELLED, CONFIRMED, DECLINED, PROPOSED, RESCHEDULED, is_told, query
from journal.lab.eventually import eventually
from meetings import Meeting
from people import Host, instant
from platforms import DavCalendar, Entry
from restarts import insist, survive

T = TypeVar("T")
Fact = type[BookingEvent]

# Between the mail server's answer and noting it; mails in hand side by side are at all of them.
_UNDECIDABLE = {
    "notifier.after_250",
    "notifier.before_mark",
    "notifier.after_mark",
    "relay.after_send",
}


@dataclass(frozen=True)
class Scene:
    """A host with a calendar, and how guests can book them."""

    entente: Entente
    host: Host
    calendar: DavCalendar
    at_once: Offer
    on_approval: Offer
    unheld: Offer

    async def entries(self, start: datetime) -> list[Entry]:
        """Return what the calendar holds at a time, of whatever booking."""
        return [entry for entry in await self.calendar.entries("") if entry.start == start]


@dataclass(frozen=True)
class Play:
    """A booking that begins at `begin` and may move to `later`, and the death that meets it."""

    scene: Scene
    service: str
    failpoint: str
    begin: datetime
    later: datetime

    async def survives(self, act: Callable[[], Awaitable[T]]) -> T:
        """Return what `act` returns in the end, though the service dies."""
        return await survive(self.scene.entente, self.service, self.failpoint, act)

    async def asks(self, offered: Offer, *starts: datetime) -> Booking:
        """Ask as a guest who repeats the request until there is an answer."""
        guest, key = new_guest(), uuid4().hex
        answer = await insist(partial(offered.ask, *starts, guest=guest, key=key))
        return Booking(self.scene.entente, granted(answer)["id"], guest)

    async def books(self) -> Booking:
        """Book the first time at once."""
        return await self.asks(self.scene.at_once, self.begin)

    async def stands(self, booking: Booking, start: datetime, *story: Fact) -> None:
        """Require that the meeting takes place then, in the calendar and in everybody's mails."""
        await eventually(
            booking.seen,
            lambda seen: (
                (seen["status"], seen["entry"]) == ("confirmed", "written")
                and instant(seen["slot"]["start"]) == start
            ),
        )
        await self._tells(booking, *story)
        (entry,) = await self.scene.entries(start)
        assert booking.id in entry.content
        assert len(await self.scene.calendar.entries(booking.id)) == 1
        await self.scene.at_once.withdraws(start)

    async def ends(
        self, booking: Booking, status: str, *story: Fact, host_heard: bool = True
    ) -> None:
        """Require that nothing is left of the booking."""
        await booking.becomes(status)
        await self._tells(booking, *story, host_heard=host_heard)
        assert await self.scene.calendar.entries(booking.id) == []
        claims = "SELECT during FROM slot_claim WHERE booking_id = $1"
        assert await query(self.scene.entente, "booking", claims, UUID(booking.id)) == []

    async def cancels(self, booking: Booking, *story: Fact) -> None:
        """Cancel as the guest; both times can be booked again."""
        await insist(partial(booking.act, "guest", "cancel", key=uuid4().hex))
        await self.ends(booking, "cancelled", *story, CANCELLED)
        await self.is_free()

    async def is_free(self) -> None:
        await self.scene.at_once.restores(self.begin)
        await self.scene.at_once.restores(self.later)

    async def _tells(self, booking: Booking, *story: Fact, host_heard: bool = True) -> None:
        untold = {} if host_heard else {self.scene.host.address: story}
        twice = self.service == "notifier" and self.failpoint in _UNDECIDABLE
        await is_told(booking, self.scene.host, *story, untold=untold, twice=twice)


async def at_once(play: Play) -> None:
    booking = await play.survives(play.books)
    await play.stands(booking, play.begin, CONFIRMED)
    await play.cancels(booking, CONFIRMED)


async def chosen(play: Play) -> None:
    booking = await play.asks(play.scene.on_approval, play.begin, play.later)
    proposed = await booking.becomes("proposed")
    option, key = proposed["options"][1]["id"], uuid4().hex
    answer = await play.survives(
        lambda: insist(partial(booking.act, "host", "confirm", key=key, option_id=option))
    )
    answer.raise_for_status()
    await play.stands(booking, play.later, PROPOSED, CONFIRMED)
    await play.cancels(booking, PROPOSED, CONFIRMED)


async def turned_down(play: Play) -> None:
    booking = await play.asks(play.scene.on_approval, play.begin, play.later)
    key = uuid4().hex
    answer = await play.survives(lambda: insist(partial(booking.act, "host", "decline", key=key)))
    answer.raise_for_status()
    await play.ends(booking, "declined", PROPOSED, DECLINED)
    await play.is_free()


async def refused(play: Play) -> None:
    connector = play.scene.entente.stack.services["connector"]

    async def books_in_vain() -> Booking:
        connector.pause()  # it must not read the calendar before the booking is under way
        try:
            sudden = Meeting(uid=uuid4().hex, start=play.begin, minutes=30)
            await play.scene.calendar.hold(sudden)
            return await play.books()
        finally:
            connector.resume()

    booking = await play.survives(books_in_vain)
    await play.ends(booking, "declined", DECLINED, host_heard=False)
    await play.scene.calendar.hold()
    await play.is_free()


async def moved(play: Play) -> None:
    booking = await play.books()
    await play.stands(booking, play.begin, CONFIRMED)
    key, start = uuid4().hex, play.later.isoformat()
    answer = await play.survives(
        lambda: insist(partial(booking.act, "guest", "reschedule", key=key, start=start))
    )
    answer.raise_for_status()
    await play.stands(booking, play.later, CONFIRMED, RESCHEDULED)
    assert await play.scene.entries(play.begin) == []
    await play.cancels(booking, CONFIRMED, RESCHEDULED)


async def called_off(play: Play) -> None:
    booking = await play.books()
    await play.stands(booking, play.begin, CONFIRMED)
    key = uuid4().hex
    answer = await play.survives(lambda: insist(partial(booking.act, "host", "cancel", key=key)))
    answer.raise_for_status()
    await play.ends(booking, "cancelled", CONFIRMED, CANCELLED)
    await play.is_free()


async def dragged(play: Play) -> None:
    booking = await play.books()
    await play.stands(booking, play.begin, CONFIRMED)
    (entry,) = await play.scene.calendar.entries(booking.id)
    await play.survives(partial(play.scene.calendar.move, entry, play.later))
    await play.stands(booking, play.later, CONFIRMED, RESCHEDULED)
    await play.cancels(booking, CONFIRMED, RESCHEDULED)


async def deleted(play: Play) -> None:
    booking = await play.books()
    await play.stands(booking, play.begin, CONFIRMED)
    (entry,) = await play.scene.calendar.entries(booking.id)
    await play.survives(partial(play.scene.calendar.delete, entry))
    await play.ends(booking, "cancelled", CONFIRMED, CANCELLED)
    await play.is_free()


async def replied(play: Play) -> None:
    booking = await play.books()
    await play.stands(booking, play.begin, CONFIRMED)
    (entry,) = await play.scene.calendar.entries(booking.id)
    now = datetime.now(UTC)
    reply = AttendeeReplied(
        tenant_id=play.scene.host.tenant,
        booking_id=UUID(booking.id),
        booking_revision=1,
        party=NotifiedParty(role=PartyRole.GUEST),
        uid=entry.uid,
        sequence=0,
        partstat=Partstat.DECLINED,
        replied_at=now,
    )
    headers = envelope_for(reply, source="/tests", time=now).to_headers()
    await play.survives(
        lambda: play.scene.entente.wire.produce(
            AttendeeReplied.topic, encode(reply), key=reply.key().encode(), headers=headers
        )
    )
    await play.ends(booking, "cancelled", CONFIRMED, CANCELLED)
    await play.is_free()


async def superseded(play: Play) -> None:
    loser = await play.asks(play.scene.unheld, play.begin)
    winner = await play.survives(play.books)
    await play.ends(loser, "superseded", PROPOSED, DECLINED)
    await play.stands(winner, play.begin, CONFIRMED)
    await play.cancels(winner, CONFIRMED)
