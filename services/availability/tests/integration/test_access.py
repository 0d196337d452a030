"""Who may ask, about whom, and how a question is refused."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from availability_lab.facts import timed
from availability_lab.lab import Lab
from entente_contracts import HostStatus

pytestmark = pytest.mark.integration

WINDOW = {"from": "2026-11-02T00:00:00Z", "to": "2026-11-07T00:00:00Z"}
RULES = {"duration": 1800, "step": 900}


def problem_of(response: httpx.Response) -> tuple[int, str, str]:
    document = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, document["code"], document["detail"]


async def test_a_tenant_sees_nothing_of_another(lab: Lab) -> None:
    host = lab.host()
    calendar = host.calendar()
    await lab.tell(
        host.changed(),
        calendar.connected(),
        calendar.picture("2026-11", timed("2026-11-03T08:00", "2026-11-03T09:00")),
    )
    stranger = await lab.for_new_tenant().person()
    unknown = str(uuid4())
    body: dict[str, Any] = {"hosts": [str(host.host_id), unknown], **WINDOW}
    response = await stranger.post("/v1/free-busy", body)
    assert response.status_code == 200
    problem = {"code": "host_not_found", "detail": "There is no such active host."}
    assert response.json()["hosts"] == [
        {"host_id": host_id, "problem": problem} for host_id in body["hosts"]
    ]
    body |= {"mode": "any", "rules": RULES | {"anchor": {"zone": "UTC"}}}
    slots = (await stranger.post("/v1/slots", body, params={"explain": "true"})).json()
    assert (slots["slots"], slots["refused"]) == ([], [])
    assert [it["problem"] for it in slots["hosts"]] == [problem, problem]


async def test_a_host_that_is_not_active_is_not_told_of(lab: Lab) -> None:
    host = lab.host()
    await lab.tell(host.changed(), host.changed(status=HostStatus.INACTIVE))
    person = await lab.person()
    response = await person.post("/v1/free-busy", {"hosts": [str(host.host_id)], **WINDOW})
    assert response.json()["hosts"][0]["problem"]["code"] == "host_not_found"


@pytest.mark.parametrize("path", ["/v1/free-busy", "/v1/slots"])
async def test_a_token_of_a_reader_is_needed(lab: Lab, path: str) -> None:
    assert problem_of(await lab.client.post(path, json={}))[:2] == (401, "unauthorized")
    forged = {"Authorization": "Bearer a.b.c"}
    assert problem_of(await lab.client.post(path, json={}, headers=forged))[0] == 401
    operator = await lab.person("operator")
    assert problem_of(await operator.post(path, {}))[:2] == (403, "role_required")
    for role in ("owner", "member", "assistant", "service"):
        response = await (await lab.person(role)).post(path, {})
        assert response.status_code == 422, role


@pytest.mark.parametrize("path", ["/v1/free-busy", "/v1/slots"])
async def test_get_answers_nothing(lab: Lab, path: str) -> None:
    assert (await lab.client.get(path)).status_code == 405


HOST = str(uuid4())
SLOTS: dict[str, Any] = {"hosts": [HOST], "mode": "one", "rules": RULES, **WINDOW}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/free-busy", {"hosts": [], **WINDOW}, "body.hosts"),
        ("/v1/free-busy", {"hosts": [HOST, HOST], **WINDOW}, "body.hosts"),
        ("/v1/free-busy", {"hosts": [str(uuid4()) for _ in range(201)], **WINDOW}, "body.hosts"),
        ("/v1/free-busy", {"hosts": ["x"], **WINDOW}, "body.hosts[0]"),
        ("/v1/free-busy", {"hosts": [HOST], "from": "2026-11-02T00:00:00"}, "body.from"),
        ("/v1/free-busy", {"hosts": [HOST], "from": WINDOW["from"]}, "body.to"),
        ("/v1/free-busy", {"hosts": [HOST], **WINDOW, "zone": "UTC"}, "body.zone"),
        ("/v1/slots", SLOTS | {"rules": {"duration": 1800}}, "body.rules.step"),
        (
            "/v1/free-busy",
            {"hosts": [HOST], "from": WINDOW["to"], "to": WINDOW["from"]},
            "body.to",
        ),
        (
            "/v1/free-busy",
            {"hosts": [HOST], "from": "2026-01-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"},
            "body.to",
        ),
        (
            "/v1/free-busy",
            {"hosts": [HOST], "from": "0001-01-01T00:00:00+14:00", "to": "0001-01-02T00:00:00Z"},
            "body.from",
        ),
        (
            "/v1/slots",
            SLOTS | {"from": "9998-12-31T00:00:00Z", "to": "9999-01-02T00:00:00Z"},
            "body.to",
        ),
        ("/v1/slots", SLOTS | {"mode": "several"}, "body.mode"),
        ("/v1/slots", SLOTS | {"hosts": [HOST, str(uuid4())]}, "body.hosts"),
        ("/v1/slots", SLOTS | {"rules": {"duration": 90, "step": 900}}, "body.rules.duration"),
        ("/v1/slots", SLOTS | {"to": "2027-11-07T00:00:00Z"}, "body.to"),
        (
            "/v1/slots",
            SLOTS | {"rules": RULES | {"anchor": {"zone": "Mars/Olympus"}}},
            "body.rules.anchor.zone",
        ),
        (
            "/v1/slots",
            SLOTS | {"hold": str(uuid4()), "ignore_booking": str(uuid4())},
            "body.hold",
        ),
    ],
)
async def test_a_refusal_names_the_field(
    lab: Lab, path: str, body: dict[str, Any], field: str
) -> None:
    response = await (await lab.person()).post(path, body)
    assert problem_of(response)[:2] == (422, "invalid_request")
    assert [it["field"] for it in response.json()["errors"]] == [field]


@pytest.mark.parametrize("body", [b"{", b'{"\xff": 1}'])
async def test_what_is_no_json_is_refused(lab: Lab, body: bytes) -> None:
    person = await lab.person()
    headers = {"Authorization": f"Bearer {person.token}"}
    response = await lab.client.post("/v1/free-busy", content=body, headers=headers)
    assert problem_of(response) == (422, "invalid_request", "body: must be JSON")


@pytest.mark.parametrize("begin", [b"[", b'{"a":', b'{"hosts":', b'{"hosts":['])
async def test_what_is_nested_without_end_is_refused(lab: Lab, begin: bytes) -> None:
    person = await lab.person()
    headers = {"Authorization": f"Bearer {person.token}"}
    body = begin + b"[" * 100_000
    response = await lab.client.post("/v1/free-busy", content=body, headers=headers)
    assert problem_of(response)[:2] == (422, "invalid_request")


async def test_a_parameter_of_the_query_is_checked(lab: Lab) -> None:
    response = await (await lab.person()).post("/v1/slots", SLOTS, params={"explain": "perhaps"})
    assert [it["field"] for it in response.json()["errors"]] == ["query.explain"]
