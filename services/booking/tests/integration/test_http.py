"""The API as hosts and guests use it, over a real database."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from booking.adapters.postgres.rate_limits import PostgresRateLimits
from booking.domain.booking import Refusal
from booking.domain.guest_links import secret_of
from booking.domain.parties import Role
from booking.entrypoints.http.app import build_api
from booking.entrypoints.http.limits import PublicLimits
from booking.entrypoints.pages.links import Links
from booking.settings import LimitSettings
from booking.testing.lives import NOW, slot_at
from booking.testing.world import LINK_KEY, World
from fastapi import FastAPI
from issuer.app import build_app as build_issuer
from webapi import OidcSettings, TokenVerifier

pytestmark = pytest.mark.integration

ISSUER = "http://issuer.test"
HOST = {
    "name": "Ana Kovač",
    "address": "ana@acme.example",
    "timezone": "Europe/Ljubljana",
    "locale": "sl-SI",
    "working_hours": {"weekly": [{"weekday": 1, "hours": [{"start": "09:00", "end": "17:00"}]}]},
}
GUEST = {"name": "Tomás", "address": "tomas@client.example", "timezone": "Europe/Madrid"}


class Api:
    """The API and whoever asks."""

    def __init__(self, app: FastAPI, http: httpx.AsyncClient, issuer: httpx.AsyncClient) -> None:
        self.app = app
        self._http = http
        self._issuer = issuer

    async def ask(
        self,
        method: str,
        path: str,
        *,
        as_: tuple[str, str, str] | None = ("ana", "acme", "owner"),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        sent = dict(headers or {})
        if as_ is not None:
            subject, tenant, roles = as_
            form = {"subject": subject, "tenant": tenant, "roles": roles}
            token = (await self._issuer.post("/token", data=form)).json()["access_token"]
            sent["Authorization"] = f"Bearer {token}"
        return await self._http.request(method, path, headers=sent, **more)

    async def public(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.ask(method, f"/v1/public{path}", as_=None, **more)

    async def follow(self, method: str, booking_id: str, verb: str = "", **more: Any) -> Any:
        secret = secret_of(LINK_KEY, UUID(booking_id), Role.GUEST)
        return await self.public(
            method, f"/bookings/{booking_id}/guest{verb}", headers={"Link-Secret": secret}, **more
        )

    async def meeting_type(self, **changes: Any) -> dict[str, Any]:
        host = (await self.ask("POST", "/v1/hosts", json=HOST)).json()
        body = {
            "slug": f"intro-{uuid4().hex[:8]}",
            "title": "Introductory call",
            "host_ids": [host["id"]],
            "timezone": "Europe/Ljubljana",
            **changes,
        }
        response = await self.ask("POST", "/v1/meeting-types", json=body)
        assert response.status_code == 201, response.text
        kind: dict[str, Any] = response.json()
        return kind

    async def book(
        self, kind: Mapping[str, Any], *hours: int, key: str | None = None, **changes: Any
    ) -> httpx.Response:
        body = {
            "guest": GUEST,
            "starts": [slot_at(hour).start.isoformat() for hour in hours],
            "timezone": "Europe/Madrid",
            **changes,
        }
        return await self.public(
            "POST",
            f"/meeting-types/{kind['slug']}/bookings",
            json=body,
            headers={"Idempotency-Key": key} if key else {},
        )


@pytest_asyncio.fixture(loop_scope="session")
async def api(world: World) -> AsyncGenerator[Api]:
    issuer = httpx.AsyncClient(transport=httpx.ASGITransport(build_issuer(ISSUER)), base_url=ISSUER)
    limits = LimitSettings(requests_per_minute=500, bookings_per_hour=80)
    app = build_api(
        world.services,
        TokenVerifier(OidcSettings(issuer=ISSUER), issuer),
        PublicLimits(PostgresRateLimits(world.database), limits),
        Links(LINK_KEY),
    )
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("192.0.2.7", 1)), base_url="http://api.test"
    )
    async with issuer, http:
        yield Api(app, http, issuer)


async def test_a_guest_books_looks_and_cancels_once(api: Api, world: World) -> None:
    booked = await api.book(await api.meeting_type(), 1)
    assert booked.status_code == 201, booked.text
    booking = booked.json()
    # Nobody has connected a calendar: the meeting is recorded, and says why.
    assert (booking["status"], booking["refusal"]) == ("recorded_only", "calendar_disconnected")
    before = await world.column("SELECT count(*) FROM outbox")
    for _ in range(20):
        assert (await api.follow("GET", booking["id"])).json()["revision"] == 1
    assert await world.column("SELECT count(*) FROM outbox") == before
    cancelled = await api.follow("POST", booking["id"], "/cancel", json={"reason": "ill"})
    assert cancelled.json()["cancelled_by"] == "guest"
    again = await api.follow("POST", booking["id"], "/cancel", json={})
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


async def test_the_guest_chooses_what_the_host_proposed(api: Api) -> None:
    kind = await api.meeting_type()
    starts = [slot_at(hour).start.isoformat() for hour in (1, 5)]
    proposed = await api.ask(
        "POST",
        "/v1/bookings",
        json={
            "meeting_type_id": kind["id"],
            "guest": GUEST,
            "starts": starts,
            "timezone": "Europe/Ljubljana",
        },
    )
    booking = proposed.json()
    assert (proposed.status_code, booking["status"]) == (201, "proposed")
    choice = {"option_id": booking["options"][1]["id"]}
    own = await api.ask("POST", f"/v1/bookings/{booking['id']}/confirm", json=choice)
    assert (own.status_code, own.json()["code"]) == (403, "own_proposal")
    chosen = (await api.follow("POST", booking["id"], "/confirm", json=choice)).json()
    assert chosen["slot"]["start"] == booking["options"][1]["start"]


async def test_a_wrong_secret_opens_nothing(api: Api) -> None:
    booking = (await api.book(await api.meeting_type(), 1)).json()
    host_secret = secret_of(LINK_KEY, UUID(booking["id"]), Role.HOST)
    for booking_id, secret in ((booking["id"], host_secret), (str(uuid4()), host_secret)):
        answer = await api.public(
            "GET", f"/bookings/{booking_id}/guest", headers={"Link-Secret": secret}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_one_key_has_one_effect_however_often_and_at_once(api: Api, world: World) -> None:
    kind = await api.meeting_type()
    answers = await asyncio.gather(*(api.book(kind, 1, key="k1") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await world.column("SELECT count(*) FROM booking") == [1]
    other = await api.book(kind, 3, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_losers_get_a_reason_and_alternatives(api: Api, world: World) -> None:
    kind = await api.meeting_type()
    answers = await asyncio.gather(*(api.book(kind, 2) for _ in range(8)))
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(lost) == 7
    assert {(problem["code"], problem["reason"]) for problem in lost} == {
        ("slot_taken", "busy_own")
    }
    assert all(problem["alternatives"] for problem in lost)
    world.slots.refused[slot_at(9).start] = Refusal(reason="busy_external", calendar_id=UUID(int=8))
    refused = (await api.book(kind, 9)).json()
    assert (refused["code"], refused["reason"]) == ("slot_not_offered", "busy_external")
    assert refused["calendar_id"] == str(UUID(int=8))


async def test_silence_of_availability_is_never_free_time(api: Api, world: World) -> None:
    kind = await api.meeting_type()
    world.slots.silent = True
    answer = await api.book(kind, 1)
    assert (answer.status_code, answer.json()["code"]) == (503, "availability_unavailable")
    assert await world.column("SELECT count(*) FROM booking") == [0]


async def test_other_tenants_see_nothing_and_other_users_are_refused(api: Api) -> None:
    kind = await api.meeting_type()
    booking = (await api.book(kind, 1)).json()
    paths = [
        f"/v1/hosts/{kind['host_ids'][0]}",
        f"/v1/meeting-types/{kind['id']}",
        f"/v1/bookings/{booking['id']}",
    ]
    for path in paths:
        assert (await api.ask("GET", path, as_=("ana", "rival", "operator"))).status_code == 404
        assert (await api.ask("GET", path, as_=("bo", "acme", "owner"))).status_code == 403
        assert (await api.ask("GET", path, as_=("bo", "acme", "operator"))).status_code == 200
        assert (await api.ask("GET", path, as_=None)).status_code == 401
    assert (await api.ask("GET", "/v1/hosts", as_=("ana", "rival", "owner"))).json() == []


async def test_an_assistant_manages_the_hosts_that_name_them(api: Api) -> None:
    host = (await api.ask("POST", "/v1/hosts", json={**HOST, "assistants": ["sam"]})).json()
    path, sam = f"/v1/hosts/{host['id']}", ("sam", "acme", "assistant")
    assert (await api.ask("GET", path, as_=sam)).status_code == 200
    stale = await api.ask(
        "PUT", path, as_=sam, json=HOST, headers={"If-Match": str(host["revision"] + 1)}
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")


async def test_faults_name_their_field(api: Api) -> None:
    kind = await api.meeting_type()
    answer = await api.book(kind, 1, guest={**GUEST, "name": "Tom\r\nBcc: all@example"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.guest.name"]
    nul = await api.book(kind, 1, description="a\0b")
    assert [error["field"] for error in nul.json()["errors"]] == ["body.description"]
    past = await api.book(kind, 1, starts=[(NOW - timedelta(hours=1)).isoformat()])
    assert (past.status_code, past.json()["code"]) == (409, "past")
    zone = await api.book(kind, 1, timezone="Mars/Olympus")
    assert zone.json()["errors"] == [{"field": "timezone", "reason": "is no IANA time zone"}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts": ["9999-12-31T23:59:59Z"]}, "body.starts.0"),
        ({"starts": ["0001-01-01T00:00:00+10:00"]}, "body.starts.0"),
        ({"guest": {**GUEST, "locale": "e\0n"}}, "body.guest.locale"),
        ({"guest": {**GUEST, "locale": "not a tag"}}, "body.guest.locale"),
    ],
)
async def test_what_nobody_can_mean_is_refused(
    api: Api, changes: Mapping[str, Any], field: str
) -> None:
    answer = await api.book(await api.meeting_type(), 1, **changes)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("window", "field"),
    [
        (("9999-12-31T00:00:00Z", "9999-12-31T01:00:00Z"), "query.from"),
        (("2026-12-02T00:00:00Z", "2026-12-01T00:00:00Z"), "to"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/public/meeting-types/{slug}/slots", "/v1/bookings"])
async def test_a_window_that_cannot_be_is_refused(
    api: Api, path: str, window: tuple[str, str], field: str
) -> None:
    kind = await api.meeting_type()
    asked = {"from": window[0], "to": window[1]}
    answer = await api.ask("GET", path.format(**kind), params=asked)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_a_host_or_a_meeting_type_that_others_could_not_read_is_refused(api: Api) -> None:
    host = await api.ask("POST", "/v1/hosts", json={**HOST, "assistants": ["a\0"]})
    assert [error["field"] for error in host.json()["errors"]] == ["body.assistants.0"]
    kind = await api.meeting_type()
    for minutes in (0, 2_000_000_000):
        refused = await api.ask(
            "POST",
            "/v1/meeting-types",
            json={
                "slug": "late",
                "title": "Call",
                "duration_minutes": 30,
                "host_ids": kind["host_ids"],
                "timezone": "UTC",
                "reminders": [minutes],
            },
        )
        assert [error["field"] for error in refused.json()["errors"]] == ["reminders"]


async def test_more_dates_than_an_announcement_has_room_for_are_refused(api: Api) -> None:
    ids = [(await api.ask("POST", "/v1/hosts", json=HOST)).json()["id"] for _ in range(20)]
    kind = await api.meeting_type(slug="panel", host_ids=ids, mode="collective")
    fits, too_many = range(0, 20, 2), range(0, 22, 2)
    answer = await api.book(kind, *too_many)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "starts")
    assert (await api.book(kind, *fits)).status_code == 201


async def test_a_hand_over_that_took_effect_is_answered_again(api: Api) -> None:
    kind = await api.meeting_type()
    bo = ("bo", "acme", "owner")
    other = (
        await api.ask("POST", "/v1/hosts", json={**HOST, "assistants": ["ana"]}, as_=bo)
    ).json()
    booking = (await api.book(kind, 1)).json()

    async def hand_over() -> httpx.Response:
        return await api.ask(
            "POST",
            f"/v1/bookings/{booking['id']}/reschedule",
            json={"start": slot_at(9).start.isoformat(), "host_ids": [other["id"]]},
            headers={"Idempotency-Key": "once"},
        )

    first = await hand_over()
    await api.ask("PUT", f"/v1/hosts/{other['id']}", json=HOST, as_=bo)
    again = await hand_over()
    assert (first.status_code, again.status_code) == (200, 200), again.text
    assert again.json() == first.json()


async def test_a_conference_that_cannot_be_made_is_refused(api: Api) -> None:
    host = (await api.ask("POST", "/v1/hosts", json=HOST)).json()
    body = {
        "slug": "meet",
        "title": "Call",
        "host_ids": [host["id"]],
        "timezone": "UTC",
        "conference": True,
    }
    answer = await api.ask("POST", "/v1/meeting-types", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "conference_not_possible")


async def test_too_much_is_refused(api: Api, world: World) -> None:
    kind = await api.meeting_type()
    limits = PublicLimits(PostgresRateLimits(world.database), LimitSettings(bookings_per_hour=2))
    api.app.state.limits = limits
    codes = [(await api.book(kind, hour)).status_code for hour in (1, 4, 7)]
    assert codes == [201, 201, 429]
