"""What availability is asked is what it understands, by the document it publishes."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from booking.adapters.availability.client import HttpFreeSlots
from booking.adapters.availability.tokens import ServiceTokens
from booking.application.errors import AvailabilityUnavailableError
from booking.application.ports import Search
from booking.domain.meeting_type import HostsMode, MeetingType
from booking.testing.lives import HOST_A, NOW, UNKNOWN_ID, slot_at
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.unit

DOCUMENT = Path(__file__).parents[2] / "availability" / "openapi.json"
KIND = MeetingType(
    id=UUID(int=20),
    tenant_id="acme",
    owner="ana",
    slug="intro",
    title="Introductory call",
    duration_minutes=30,
    host_ids=(HOST_A, UNKNOWN_ID),
    mode=HostsMode.ANY,
    timezone="Europe/Ljubljana",
    changed_at=NOW,
)
SEARCH = Search(meeting_type=KIND, host_ids=KIND.host_ids, window=slot_at(0), ignoring=HOST_A)
TOKEN = {"access_token": "t", "expires_in": 600}


class Scripted:
    """Answers like issuer and availability, and notes what it was asked."""

    def __init__(self, status: int, answer: Any) -> None:
        self.status = status
        self.answer = answer
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json={"token_endpoint": "http://issuer.test/token"})
        if request.url.path == "/token":
            return httpx.Response(200, json=TOKEN)
        self.asked.append(request)
        return httpx.Response(self.status, json=self.answer)

    def slots(self) -> HttpFreeSlots:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self), base_url="http://a.test")
        tokens = ServiceTokens(
            client, issuer="http://issuer.test", client_id="booking", client_secret=""
        )
        return HttpFreeSlots(client, tokens)


@pytest.mark.parametrize("kind", [KIND, replace(KIND, daily_limit=3, buffer_before_minutes=10)])
async def test_the_question_fits_the_published_document(kind: MeetingType) -> None:
    scripted = Scripted(200, {"slots": []})
    await scripted.slots().find(replace(SEARCH, meeting_type=kind))
    (request,) = scripted.asked
    document = json.loads(DOCUMENT.read_text())
    body = document["paths"]["/v1/slots"]["post"]["requestBody"]
    schema = {**body["content"]["application/json"]["schema"], "components": document["components"]}
    assert not list(Draft202012Validator(schema).iter_errors(json.loads(request.content)))  # pyright: ignore[reportUnknownMemberType]  # partly untyped
    assert request.headers["authorization"] == "Bearer t"


async def test_free_slots_come_in_order_with_their_hosts() -> None:
    answer = {
        "slots": [
            {"start": "2026-11-25T09:30:00Z", "end": "2026-11-25T10:00:00Z", "recheck": True},
            {
                "start": "2026-11-25T09:00:00Z",
                "end": "2026-11-25T09:30:00Z",
                "recheck": False,
                "hosts": [str(HOST_A)],
            },
        ],
        "added_later": 1,
    }
    early, late = await Scripted(200, answer).slots().find(SEARCH)
    assert (early.host_ids, late.host_ids) == ((HOST_A,), KIND.host_ids)
    assert late.recheck


async def test_the_reason_is_that_of_the_start_that_was_asked_for() -> None:
    def refused(start: datetime, reason: str) -> dict[str, Any]:
        return {"start": start.isoformat(), "reasons": [{"reason": reason}]}

    answer = {
        "slots": [],
        "refused": [refused(slot_at(5).start, "PAST"), refused(slot_at(0).start, "BUSY_EXTERNAL")],
    }
    refusal = await Scripted(200, answer).slots().why_not(SEARCH)
    assert refusal.reason == "busy_external"


@pytest.mark.parametrize(
    ("status", "answer"), [(500, {}), (404, {}), (200, {"slots": "none"}), (200, [])]
)
async def test_what_is_no_answer_is_never_free_time(status: int, answer: Any) -> None:
    with pytest.raises(AvailabilityUnavailableError):
        await Scripted(status, answer).slots().find(SEARCH)
