"""Asking booking until it answers: what got no answer is asked again with the same key."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import httpx
from bookable import Party
from booking.domain.guest_links import secret_of
from booking.domain.parties import Role
from entente import LINK_KEY
from walk.history import History

_PATIENCE_SECONDS = 90.0
_PAUSE_SECONDS = 0.3


@dataclass(frozen=True)
class Answer:
    """The last answer to a request; `code` is the problem's where it was refused."""

    status: int
    body: Any

    @property
    def granted(self) -> bool:
        return self.status in {HTTPStatus.OK, HTTPStatus.CREATED}

    @property
    def outcome(self) -> str:
        if self.granted:
            return str(self.body["status"]) if "status" in self.body else "ok"
        code = self.body.get("code", self.body) if isinstance(self.body, dict) else self.body  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType] # JSON
        return f"{self.status} {code}"


@dataclass(frozen=True)
class Doors:
    """The public interfaces of booking."""

    client: httpx.AsyncClient
    history: History

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str],
        twice: bool = False,
    ) -> Answer:
        """Return the answer; `twice` sends the request a second time at the same moment.

        503 and a broken connection are no answer. Both of two equal requests get the same.
        """
        request = _Request(method, path, body, {**headers, "Idempotency-Key": uuid4().hex})
        if not twice:
            return await self._answered(request)
        one, other = await asyncio.gather(self._answered(request), self._answered(request))
        if one.granted and other.granted and one.body["id"] != other.body["id"]:
            self.history.faults.append(f"one key, two bookings: {path} {one.body} {other.body}")
        return one if one.granted else other

    async def look(self, path: str, headers: Mapping[str, str]) -> Answer:
        """Return what a GET answers."""
        return await self._answered(_Request("GET", path, None, headers))

    async def _answered(self, request: "_Request") -> Answer:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                try:
                    answer = await self.client.request(
                        request.method, request.path, json=request.body, headers=request.headers
                    )
                except httpx.TransportError:
                    await asyncio.sleep(_PAUSE_SECONDS)
                    continue
                if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                    break
                await asyncio.sleep(_PAUSE_SECONDS)
        if answer.is_server_error:
            self.history.faults.append(f"{answer.status_code}: {request} {answer.text}")
        return Answer(answer.status_code, _body(answer))


def with_secret(booking_id: str, party: Party) -> tuple[str, Mapping[str, str]]:
    """Return where a party's link leads in the API, and the header that opens it."""
    secret = secret_of(LINK_KEY.encode(), UUID(booking_id), Role(party))
    return f"/v1/public/bookings/{booking_id}/{party}", {"Link-Secret": secret}


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    body: Any
    headers: Mapping[str, str] = field(repr=False)


def _body(answer: httpx.Response) -> Any:
    is_json = "json" in answer.headers.get("content-type", "")
    return answer.json() if is_json else answer.text[:200]
