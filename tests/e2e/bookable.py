"""Meetings that guests can book with hosts, and bookings as each party sees them."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
from journal.lab.eventually import eventually
from people import Host, instant
from stack.smoke.post import Letter, letters
from system import System

Party = Literal["host", "guest"]
Connect = Callable[[Host], Awaitable[object]]

_PATIENCE_SECONDS = 90.0
_OFFICE_HOURS = {
    "weekly": [
        {"weekday": day, "hours": [{"start": "09:00", "end": "17:00"}]} for day in range(1, 6)
    ],
    "overrides": [],
}


@dataclass(frozen=True)
class Booking:
    """A booking behind its parties' links."""

    entente: System
    id: str
    guest: str
    """The guest's address."""

    async def seen(self, party: Party = "guest") -> Any:
        """Return the booking as a party sees it."""
        return (await self.look(party)).raise_for_status().json()

    async def look(self, party: Party = "guest") -> httpx.Response:
        """Ask how it stands; any answer will do."""
        return await self._request("GET", party, "")

    async def act(
        self, party: Party, verb: str, *, key: str | None = None, **body: Any
    ) -> httpx.Response:
        """Confirm, decline, cancel or reschedule; any answer will do."""
        return await self._request("POST", party, f"/{verb}", key, json=body)

    async def becomes(self, status: str, **more: Any) -> Any:
        """Wait until the booking has this status, and further fields as given; return it."""
        return await eventually(
            self.seen,
            lambda seen: (
                seen["status"] == status
                and all(seen[name] == value for name, value in more.items())
            ),
            within=_PATIENCE_SECONDS,
        )

    async def mails(self, *others: str) -> list[Letter]:
        """Return the mails about it to its guest and to others, oldest first."""
        caught = await self.entente.stack.mail.messages(self.guest, *others)
        return letters(caught, self.id)

    async def _request(
        self, method: str, party: Party, path: str, key: str | None = None, **body: Any
    ) -> httpx.Response:
        digest = hmac.new(
            self.entente.link_key.encode(), f"{self.id}|{party}".encode(), hashlib.sha256
        )
        secret = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
        url = f"/v1/public/bookings/{self.id}/{party}{path}"
        headers = {"Link-Secret": secret, **({"Idempotency-Key": key} if key else {})}
        return await self.entente.booking.request(method, url, headers=headers, **body)


@dataclass(frozen=True)
class Offer:
    """What can be booked: a meeting type, and its hosts."""

    entente: System
    slug: str
    meeting_type_id: str
    hosts: tuple[Host, ...]

    async def slots(self, begin: datetime, end: datetime) -> list[datetime]:
        """Return the starts that are offered in `[begin, end)`, in UTC."""
        window = {"from": begin.isoformat(), "to": end.isoformat()}
        path = f"/v1/public/meeting-types/{self.slug}/slots"
        answer = await self.entente.booking.get(path, params=window)
        return [instant(slot["start"]) for slot in answer.raise_for_status().json()]

    async def offered(self, start: datetime) -> bool:
        """Return whether this start is offered."""
        return start.astimezone(UTC) in await self.slots(start, start + timedelta(seconds=1))

    async def withdraws(self, start: datetime) -> None:
        """Wait until this start is no longer offered."""
        await eventually(lambda: self.offered(start), lambda is_offered: not is_offered)

    async def restores(self, start: datetime) -> None:
        """Wait until this start is offered again."""
        await eventually(lambda: self.offered(start), bool)

    async def ask(
        self, *starts: datetime, guest: str | None = None, key: str | None = None
    ) -> httpx.Response:
        """Ask for a time, or propose several, as a guest; any answer will do."""
        body = {
            "guest": _guest(guest or new_guest()),
            "starts": [start.isoformat() for start in starts],
            "timezone": "Europe/London",
        }
        path = f"/v1/public/meeting-types/{self.slug}/bookings"
        headers = {"Idempotency-Key": key or uuid4().hex}
        return await self.entente.booking.post(path, json=body, headers=headers)

    async def book(self, *starts: datetime, guest: str | None = None) -> Booking:
        """Ask, and require that it is granted."""
        guest = guest or new_guest()
        answer = await self.ask(*starts, guest=guest)
        return Booking(self.entente, granted(answer)["id"], guest)

    async def invite(self, *starts: datetime, at_once: bool = False) -> Booking:
        """Propose times to a guest, as the host."""
        guest = new_guest()
        body = {
            "meeting_type_id": self.meeting_type_id,
            "guest": _guest(guest),
            "starts": [start.isoformat() for start in starts],
            "timezone": self.hosts[0].zone,
            "at_once": at_once,
        }
        answer = await self.hosts[0].owner.organise("POST", "/v1/bookings", body)
        return Booking(self.entente, granted(answer)["id"], guest)


async def new_host(entente: System, zone: str = "Europe/Paris", *, tenant: str = "") -> Host:
    """Add a host who works from nine to five, through booking's API."""
    tenant = tenant or f"tenant-{uuid4().hex[:12]}"
    name = f"owner-{uuid4().hex[:12]}"
    owner = await entente.person(name, tenant=tenant)
    address = f"{name}@example.org"
    body = {
        "name": "Somebody",
        "address": address,
        "timezone": zone,
        "working_hours": _OFFICE_HOURS,
    }
    added = granted(await owner.organise("POST", "/v1/hosts", body))
    return Host(UUID(added["id"]), tenant, zone, owner, address)


async def offer(entente: System, hosts: Sequence[Host], **fields: Any) -> Offer:
    """Let guests book these hosts; `fields` are more of the meeting type."""
    slug = f"meet-{uuid4().hex[:12]}"
    body = {
        "slug": slug,
        "title": "Talk",
        "timezone": hosts[0].zone,
        "host_ids": [str(host.id) for host in hosts],
        "step_minutes": 30,
        **({"mode": "collective"} if len(hosts) > 1 else {}),
        **fields,
    }
    person = await entente.person("operator", tenant=hosts[0].tenant, roles=("owner", "operator"))
    added = granted(await person.organise("POST", "/v1/meeting-types", body))
    return Offer(entente, slug, added["id"], tuple(hosts))


async def bookable(
    entente: System, connect: Connect, zone: str = "Europe/Paris", **fields: Any
) -> Offer:
    """Return what can be booked with a new host whose calendar is connected and read."""
    host = await new_host(entente, zone)
    await connect(host)
    return await available(await offer(entente, [host], **fields))


async def available(offered: Offer) -> Offer:
    """Wait until times are offered."""
    now = datetime.now(UTC)
    await eventually(
        lambda: offered.slots(now, now + timedelta(days=14)), bool, within=_PATIENCE_SECONDS
    )
    return offered


def new_guest() -> str:
    """Return the address of somebody nobody has met."""
    return f"guest-{uuid4().hex[:12]}@example.net"


def granted(answer: httpx.Response) -> Any:
    """Return what was created."""
    if answer.status_code != HTTPStatus.CREATED:
        raise AssertionError(f"{answer.status_code}: {answer.text}")
    return answer.json()


def _guest(address: str) -> Any:
    return {"name": "Gus", "address": address, "timezone": "Europe/London", "locale": "en"}
