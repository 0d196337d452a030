"""What guests and hosts do about bookings, through booking's API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from bookable import Party
from people import Person
from walk.doors import Answer, Doors, with_secret
from walk.history import Asked, History, Known
from walk.stage import Stage
from walk.times import BEGIN, END, some_time, some_times

_AT_ONCE = ("at once", "by mail", "recorded", "together")
_SEVERAL = ("held", "unheld", "approved")
_STANDING = ("confirmed", "recorded_only")


@dataclass(frozen=True)
class Parties:
    """Guests and hosts; each operation returns the booking it was about, and what came of it."""

    stage: Stage
    history: History
    doors: Doors

    async def book(self, chance: Random) -> tuple[str | None, str]:
        """Book one date as a guest: half of them look first, the others take their chance."""
        name = chance.choice((*_AT_ONCE, *_AT_ONCE, "approved", "held"))
        offer = self.stage.offers[name]
        starts = [some_time(chance)]
        if chance.random() < 0.5:
            offered = await self._slots(f"/v1/public/meeting-types/{offer.slug}/slots", {})
            starts = [chance.choice(offered)] if offered else starts
        return await self._ask(chance, name, starts, by="guest")

    async def propose(self, chance: Random) -> tuple[str | None, str]:
        """Propose several dates as a guest."""
        starts = some_times(chance, chance.randint(2, 3))
        return await self._ask(chance, chance.choice(_SEVERAL), starts, by="guest")

    async def invite(self, chance: Random) -> tuple[str | None, str]:
        """Propose dates to a guest as a host, or book the only one without asking."""
        name = chance.choice(list(self.stage.offers))
        starts = some_times(chance, chance.randint(1, 3))
        return await self._ask(chance, name, starts, by="host")

    async def confirm(self, chance: Random) -> tuple[str | None, str]:
        """Choose a date, as a rule as the one who has to choose."""
        known = self.history.pick(chance, lambda one: one.status == "proposed")
        if known is None:
            return None, "nothing to confirm"
        other: Party = "guest" if known.initiator == "host" else "host"
        party = other if chance.random() < 0.95 else known.initiator
        option = chance.choice(known.seen["options"])["id"]
        return await self._act(chance, known, party, "confirm", {"option_id": option})

    async def decline(self, chance: Random) -> tuple[str | None, str]:
        """Turn all dates down."""
        known = self.history.pick(chance, lambda one: one.status == "proposed")
        if known is None:
            return None, "nothing to decline"
        party: Party = "guest" if known.initiator == "host" else "host"
        return await self._act(chance, known, party, "decline", {"reason": "Not this week"})

    async def reschedule(self, chance: Random) -> tuple[str | None, str]:
        """Move a meeting."""
        known = self.history.pick(chance, lambda one: one.status in ("confirming", *_STANDING))
        if known is None:
            return None, "nothing to move"
        party: Party = chance.choice(("guest", "host"))
        start = some_time(chance)
        if party == "guest" and chance.random() < 0.7:
            path, secret = with_secret(known.id, "guest")
            offered = await self._slots(f"{path}/slots", secret)
            start = chance.choice(offered) if offered else start
        return await self._act(chance, known, party, "reschedule", {"start": start.isoformat()})

    async def cancel(self, chance: Random) -> tuple[str | None, str]:
        """Cancel a booking, agreed on or not."""
        known = self.history.pick(
            chance, lambda one: one.status in ("proposed", "confirming", *_STANDING)
        )
        if known is None:
            return None, "nothing to cancel"
        party: Party = chance.choice(("guest", "host"))
        return await self._act(chance, known, party, "cancel", {"reason": "Flu"})

    async def hand_over(self, chance: Random) -> tuple[str | None, str]:
        """Give a meeting to other hosts, at another time or not, as somebody who manages all."""
        known = self.history.pick(chance, lambda one: one.status == "confirmed")
        if known is None:
            return None, "nothing to hand over"
        start = some_time(chance).isoformat()
        if chance.random() < 0.5 and known.seen["slot"]:
            start = known.seen["slot"]["start"]
        hosts = chance.sample(self.stage.with_calendars, chance.randint(1, 2))
        body = {"start": start, "host_ids": [str(host.id) for host in hosts]}
        path = f"/v1/bookings/{known.id}/reschedule"
        headers = _bearer(self.stage.operator)
        answer = await self.doors.ask("POST", path, body, headers=headers)
        await self._remember(known, answer)
        return known.id, f"to {len(hosts)}: {answer.outcome}"

    async def quarrel(self, chance: Random) -> tuple[str | None, str]:
        """Cancel and move a meeting at the same moment."""
        known = self.history.pick(chance, lambda one: one.status in _STANDING)
        if known is None:
            return None, "nothing to quarrel about"
        start = {"start": some_time(chance).isoformat()}
        ends = await asyncio.gather(
            self._act(chance, known, "guest", "cancel", {}),
            self._act(chance, known, "host", "reschedule", start),
        )
        return known.id, " and ".join(end for _, end in ends)

    async def look(self, chance: Random) -> tuple[str | None, str]:
        """Follow every link of a mail, as its scanners do."""
        known = self.history.pick(chance)
        if known is None:
            return None, "nothing to look at"
        party: Party = chance.choice(("guest", "host"))
        path, secret = with_secret(known.id, party)
        await self._remember(known, await self.doors.look(path, secret))
        page = f"/b/{known.id}/{party}/{secret['Link-Secret']}"
        told = [await self.doors.look(page + end, {}) for end in ("", "/cancel", "/reschedule")]
        return known.id, " ".join(str(answer.status) for answer in told)

    async def _ask(
        self, chance: Random, name: str, starts: list[datetime], *, by: Party
    ) -> tuple[str | None, str]:
        offer = self.stage.offers[name]
        guest = f"guest-{len(self.history.asked)}-{chance.randrange(10**6)}@example.net"
        if chance.random() < 0.03:
            self.history.refused_guests.add(guest)
            self.stage.post.script.at_rcpt[guest] = "550 5.1.1 nobody here"
        body: dict[str, Any] = {
            "guest": {"name": "Gus", "address": guest, "timezone": "America/New_York"},
            "starts": [start.isoformat() for start in starts],
            "timezone": "Europe/London",
        }
        path = f"/v1/public/meeting-types/{offer.slug}/bookings"
        headers: Mapping[str, str] = {}
        if by == "host":
            path, headers = "/v1/bookings", _bearer(offer.hosts[0].owner)
            at_once = len(starts) == 1 and chance.random() < 0.5
            body |= {"meeting_type_id": offer.meeting_type_id, "at_once": at_once}
        twice = chance.random() < 0.1
        answer = await self.doors.ask("POST", path, body, headers=headers, twice=twice)
        booking = str(answer.body["id"]) if answer.granted else None
        self.history.asked.append(Asked(guest, booking, answer.outcome))
        if booking is not None:
            self.history.known.append(Known(booking, guest, name, by, answer.body))
        return booking, f"{name}, by {by}: {answer.outcome}"

    async def _act(
        self, chance: Random, known: Known, party: Party, verb: str, body: dict[str, Any]
    ) -> tuple[str | None, str]:
        """Act by the party's link or, for hosts, as often with the owner's token."""
        path, headers = with_secret(known.id, party)
        if party == "host" and chance.random() < 0.5:
            path, headers = f"/v1/bookings/{known.id}", _bearer(self.stage.operator)
        if chance.random() < 0.3:
            body |= {"revision": known.seen["revision"]}
        twice = chance.random() < 0.1
        answer = await self.doors.ask("POST", f"{path}/{verb}", body, headers=headers, twice=twice)
        await self._remember(known, answer)
        return known.id, f"{verb} by {party}: {answer.outcome}"

    async def _remember(self, known: Known, answer: Answer) -> None:
        if not answer.granted:
            path, secret = with_secret(known.id, known.initiator)
            answer = await self.doors.look(path, secret)
        if answer.granted and answer.body["revision"] >= known.seen["revision"]:
            known.seen = answer.body

    async def _slots(self, path: str, headers: Mapping[str, str]) -> list[datetime]:
        answer = await self.doors.look(f"{path}?from={_utc(BEGIN)}&to={_utc(END)}", headers)
        slots: list[Any] = answer.body if answer.granted else []
        return [datetime.fromisoformat(slot["start"]) for slot in slots]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _bearer(person: Person) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {person.token}"}
