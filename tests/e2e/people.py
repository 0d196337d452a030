"""Hosts, their owners, and those who ask about them; all of it through HTTP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeAlias
from uuid import UUID

import httpx
from journal.lab.eventually import eventually
from meetings import Meeting, spans_of

Stretch: TypeAlias = tuple[datetime, datetime, str]
"""Time `start <= t < end`, in UTC, and the state it is in."""

_READ = ("connected", "degraded")
_PATIENCE_SECONDS = 90.0
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Person:
    """Someone with a token."""

    token: str
    connector: httpx.AsyncClient
    availability: httpx.AsyncClient
    booking: httpx.AsyncClient

    async def organise(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Ask booking for something; any answer will do."""
        return await self.booking.request(method, path, json=body, headers=self._bearer)

    async def tell(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Ask the connector for something; any answer will do."""
        return await self.connector.request(
            method, path, json=body, headers={**self._bearer, **_named(headers)}
        )

    async def ask(self, path: str, body: Any, **query: Any) -> Any:
        """Ask availability; return the document it answers with."""
        answer = await self.availability.post(path, json=body, params=query, headers=self._bearer)
        return answer.raise_for_status().json()

    @property
    def _bearer(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Host:
    """A host of a tenant of the test's own; who speaks for it is its owner."""

    id: UUID
    tenant: str
    zone: str
    owner: Person
    address: str = ""

    async def tell(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Tell the connector to do something, and require that it does."""
        return (await self.owner.tell(method, path, body, **headers)).raise_for_status()

    async def connect(self, account: Mapping[str, str]) -> Any:
        """Connect an account once the host is known; return the connection.

        What is known of a host travels through Kafka.
        """
        answer = await eventually(
            lambda: self.owner.tell("POST", f"/v1/hosts/{self.id}/connections", account),
            lambda answer: answer.status_code != HTTPStatus.NOT_FOUND,
            within=_PATIENCE_SECONDS,
        )
        return answer.raise_for_status().json()

    async def switch(self, calendar_id: str, *, blocks: bool) -> None:
        """Save the settings form with one switch changed."""
        path = f"/v1/hosts/{self.id}/calendar-settings"
        shown = await self.tell("GET", path)
        form = [
            {
                "id": calendar["id"],
                "blocks_availability": (
                    blocks if calendar["id"] == calendar_id else calendar["blocks_availability"]
                ),
                "visible_to_owner": calendar["visible_to_owner"],
                "is_default": calendar["is_default"],
            }
            for calendar in shown.json()["calendars"]
            if calendar["status"] in _READ
        ]
        await self.tell("PUT", path, {"calendars": form}, if_match=shown.headers["ETag"])

    async def free_busy(self, begin: datetime, end: datetime, **asked: Any) -> Any:
        """Return what availability says of the host; `asked` are further fields of the question."""
        question = {
            "hosts": [str(self.id)],
            "from": begin.astimezone(UTC).isoformat(),
            "to": end.astimezone(UTC).isoformat(),
            **asked,
        }
        return (await self.owner.ask("/v1/free-busy", question))["hosts"][0]

    async def busy(self, begin: datetime, end: datetime, **asked: Any) -> list[Stretch] | None:
        """Return the time that is not free, in order; None while the host is not known."""
        told = (await self.free_busy(begin, end, **asked)).get("busy")
        if told is None:
            return None
        return [(instant(one["start"]), instant(one["end"]), one["state"]) for one in told]

    async def is_busy(
        self, *meetings: Meeting, begin: datetime, end: datetime | None = None
    ) -> None:
        """Wait until the host is busy with these meetings alone, in a week or until `end`."""
        wanted = [(*one, "busy") for one in spans_of(meetings)]
        await eventually(
            lambda: self.busy(begin, end or begin + _WEEK),
            lambda seen: seen == wanted,
            within=_PATIENCE_SECONDS,
        )

    async def source(self, calendar_id: str) -> Any:
        """Return what free/busy says of one of the calendars it rests on."""
        now = datetime.now(UTC)
        told = await self.free_busy(now, now + _WEEK)
        return next((s for s in told["sources"] if s["calendar_id"] == calendar_id), None)

    async def source_becomes(self, calendar_id: str, holds: Callable[[Any], bool]) -> Any:
        """Wait until one of the calendars is as wished; return what is said of it then."""
        return await eventually(
            lambda: self.source(calendar_id),
            lambda source: source is not None and holds(source),
            within=_PATIENCE_SECONDS,
        )


async def search(
    hosts: Sequence[Host],
    begin: datetime,
    end: datetime,
    *,
    minutes: int = 60,
    explain: bool = False,
    **rules: Any,
) -> Any:
    """Return what availability answers to a search for slots in which all hosts can be met."""
    question = {
        "hosts": [str(host.id) for host in hosts],
        "mode": "collective" if len(hosts) > 1 else "one",
        "rules": {"duration": minutes * 60, "step": minutes * 60, "horizon_days": 500, **rules},
        "from": begin.astimezone(UTC).isoformat(),
        "to": end.astimezone(UTC).isoformat(),
    }
    return await hosts[0].owner.ask("/v1/slots", question, explain=explain)


async def slots(
    hosts: Sequence[Host], begin: datetime, end: datetime, *, minutes: int = 60, **rules: Any
) -> list[datetime]:
    """Return the starts, in UTC, at which all hosts can be met."""
    found = await search(hosts, begin, end, minutes=minutes, **rules)
    return [instant(slot["start"]) for slot in found["slots"]]


def instant(text: str) -> datetime:
    """Return a moment of an answer, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _named(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
