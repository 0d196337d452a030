"""A guest books, reads the mails, moves the meeting and cancels it; a calendar follows."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
from icalendar import Calendar

from stack.clients.mails import CaughtMail
from stack.smoke.failure import SmokeError
from stack.smoke.guest import Guest, Page
from stack.smoke.post import Invitation, Letter, letters

T = TypeVar("T")

_GUEST = "gus@example.net"
_PATIENCE_SECONDS = 30.0
_LOOK_EVERY_SECONDS = 0.2
_PARTIES = 2


@dataclass(frozen=True, slots=True)
class Places:
    """Where the journey goes: a meeting type's page, its host's CalDAV calendar, the mail.

    `calendar` has the account in it (`http://user:password@…`).
    """

    page: str
    calendar: str
    host: str
    mails: Callable[[], Awaitable[Sequence[CaughtMail]]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the journey saw."""

    booking: str
    booked: str
    moved: str
    mails: int
    seconds: float

    def __str__(self) -> str:
        """Return one line about it."""
        return (
            f"smoke: a guest booked {self.booked}, moved it to {self.moved} and cancelled it;"
            f" the host's calendar had it, followed and lost it; {self.mails} mails,"
            f" {self.seconds:.1f} s; booking {self.booking}"
        )


async def travel(places: Places, say: Callable[[str], None]) -> Seen:
    """Make the journey; raises SmokeError at the first thing that is not as it should be."""
    began = time.monotonic()
    site, _, _ = places.page.partition("/m/")
    async with Guest(site) as guest:
        booked, page = await _book(guest, places)
        booking = page.address.split("/b/")[1].split("/")[0]
        say(f"booked {booked} on {places.page}")

        invited, path = await _mails(places, booking, rounds=1)
        _require(invited, invited.uid, ("REQUEST", 0, booked))
        await _entry(places, invited.uid, booked)
        say(f"both parties have a mail, and {places.host}'s calendar has the entry")

        moved = await _move(guest, path, booked)
        later, path = await _mails(places, booking, rounds=2)
        _require(later, invited.uid, ("REQUEST", 1, moved))
        await _entry(places, invited.uid, moved)
        say(f"moved to {moved} from the mail: calendar and mails followed")

        await _cancel(guest, path)
        last, _ = await _mails(places, booking, rounds=3)
        _require(last, invited.uid, ("CANCEL", 2, moved))
        await _entry(places, invited.uid, None)
        say("cancelled from the mail: both parties know, the entry is gone")

        await _until(lambda: _offered(guest, places.page, moved), f"{moved} is offered again")
        told = letters(await places.mails(), booking)
    return Seen(booking, booked, moved, len(told), time.monotonic() - began)


async def _book(guest: Guest, places: Places) -> tuple[str, Page]:
    slot = (await _slots(guest, places.page))[0]
    form = await guest.open(slot)
    page = await guest.send(form, {"name": "Gus Guest", "address": _GUEST, "note": "Hello"})
    await _confirmed(guest, page.address)
    return _start_of(slot), page


async def _move(guest: Guest, path: str, booked: str) -> str:
    slots = (await guest.open(f"{path}/reschedule?week={_next_week()}")).links("a.slot")
    slot = next((one for one in slots if _start_of(one)[:10] != booked[:10]), None)
    if slot is None:
        raise SmokeError("there is no other day to move to")
    await guest.send(await guest.open(slot))
    await _confirmed(guest, path)
    return _start_of(slot)


async def _cancel(guest: Guest, path: str) -> None:
    page = await guest.send(await guest.open(f"{path}/cancel"))
    if "cancelled" not in page.heading:
        raise SmokeError(f"cancelled, but the page says {page.heading!r}")


async def _confirmed(guest: Guest, address: str) -> None:
    async def confirmed() -> bool:
        return "is confirmed" in (await guest.open(address)).heading

    await _until(confirmed, "the meeting is confirmed")


async def _mails(places: Places, booking: str, *, rounds: int) -> tuple[Invitation, str]:
    """Wait until each party has this many mails; return the guest's last one and its page."""

    async def found() -> list[Letter]:
        return letters(await places.mails(), booking)

    what = f"{rounds} mails to each party"
    told = await _until(found, what, lambda told: len(told) >= rounds * _PARTIES)
    to_guest = [letter for letter in told if letter.recipient == _GUEST]
    if len(told) != rounds * _PARTIES or len(to_guest) != rounds:
        raise SmokeError(f"{what}, but: {', '.join(letter.recipient for letter in told)}")
    last = to_guest[-1]
    if last.invitation is None:
        raise SmokeError("the guest's mail has nothing for a calendar")
    return last.invitation, last.path


def _require(invitation: Invitation, uid: str, expected: tuple[str, int, str]) -> None:
    seen = (invitation.method, invitation.sequence, invitation.start)
    if seen != expected or invitation.uid != uid:
        raise SmokeError(f"the guest's mail says {invitation}; expected {expected} of {uid}")


async def _entry(places: Places, uid: str, start: str | None) -> None:
    """Wait until the calendar has the entry once at this time, or not at all."""
    wanted = [start] if start else []

    async def found() -> list[str]:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            answer = (await client.get(places.calendar)).raise_for_status()
        calendar: Any = Calendar.from_ical(answer.text)
        return [
            f"{event.decoded('DTSTART'):%Y-%m-%dT%H:%M%z}"
            for event in calendar.walk("VEVENT")
            if event["UID"] == uid
        ]

    await _until(found, f"the calendar has the entry at {wanted}", lambda seen: seen == wanted)


async def _slots(guest: Guest, page: str) -> list[str]:
    slots = (await guest.open(f"{urlsplit(page).path}?week={_next_week()}")).links("a.slot")
    if not slots:
        raise SmokeError("no time is offered next week")
    return slots


async def _offered(guest: Guest, page: str, start: str) -> bool:
    return start in map(_start_of, await _slots(guest, page))


def _start_of(slot: str) -> str:
    """Return the start of a link that leads to a slot."""
    (written,) = parse_qs(urlsplit(slot).query)["start"]
    return f"{datetime.fromisoformat(written).astimezone(UTC):%Y-%m-%dT%H:%M%z}"


def _next_week() -> str:
    today = datetime.now(UTC).date()
    return f"{today + timedelta(days=7 - today.weekday())}"


async def _until(
    look: Callable[[], Awaitable[T]], what: str, accept: Callable[[T], object] = bool
) -> T:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not accept(seen := await look()):
        if time.monotonic() > deadline:
            raise SmokeError(f"not within {_PATIENCE_SECONDS:g} s: {what}; seen: {seen}")
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return seen
