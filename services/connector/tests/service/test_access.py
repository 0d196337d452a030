"""Who may do what; what is refused is remembered."""

from typing import Any
from uuid import uuid4

import pytest
from connector.entrypoints.http.app import build_http
from connector_lab.feeds import calendar
from connector_lab.lab import Lab
from sqlalchemy.exc import DBAPIError

pytestmark = pytest.mark.integration


def requests(host: object, connection: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """List every operation on a host's things, with a body that would do."""
    account = {"provider": "ics", "url": "https://example.com/feed"}
    found = connection["calendars"][0]["id"]
    of_connection, of_calendar = f"/v1/connections/{connection['id']}", f"/v1/calendars/{found}"
    push: dict[str, Any] = {
        "sequence": 1,
        "window": {"first_date": "2026-11-01", "end_date": "2026-12-01"},
        "busy": [],
    }
    view = "?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"
    return [
        ("POST", f"/v1/hosts/{host}/connections", account),
        ("GET", f"/v1/hosts/{host}/connections", None),
        ("GET", f"/v1/hosts/{host}/calendar-settings", None),
        ("PUT", f"/v1/hosts/{host}/calendar-settings", {"calendars": []}),
        ("POST", f"{of_connection}/test", None),
        ("POST", f"{of_connection}/refresh", None),
        ("PUT", f"{of_connection}/calendars", {"calendar_ids": []}),
        ("PUT", f"{of_connection}/account", account),
        ("DELETE", of_connection, None),
        ("POST", f"{of_calendar}/sync", None),
        ("POST", f"{of_calendar}/deletions/approve", None),
        ("GET", f"{of_calendar}/events{view}", None),
        ("GET", f"{of_calendar}/broken-events", None),
        ("PUT", f"/v1/sources/{found}/busy", push),
    ]


def test_every_operation_is_listed() -> None:
    some = {"id": "{connection_id}", "calendars": [{"id": "{calendar_id}"}]}
    listed = {(m.lower(), path.partition("?")[0]) for m, path, _ in requests("{host_id}", some)}
    paths = build_http(None, verifier=None).openapi()["paths"]
    assert listed == {(method, path) for path, item in paths.items() for method in item}


@pytest.mark.parametrize(
    ("subject", "tenant", "roles", "status"),
    [
        ("owen", "acme", ("member",), 403),
        ("owen", "acme", ("assistant", "operator"), 403),
        ("olga", "acme", ("owner",), 403),
        ("owen", "other", ("owner",), 404),
        ("olga", "other", ("service",), 404),
    ],
)
async def test_only_the_owner_of_the_same_tenant_gets_through(
    lab: Lab, subject: str, tenant: str, roles: tuple[str, ...], status: int
) -> None:
    host = await lab.host("owen")
    connection = await lab.connect(host, "owen", lab.link(calendar([])).account)
    stranger = lab.person(subject, tenant=tenant, roles=roles)
    operations = requests(host, connection)
    for method, path, body in operations:
        answer = await stranger.request(method, path, json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == status, (method, path, answer.text)
        assert connection["server"] not in answer.text
    (audited,) = await lab.sql(
        "SELECT count(*) FROM audit WHERE actor = :actor AND outcome = 'owner_required'"
        " AND subject IN (CAST(:host AS uuid), CAST(:connection AS uuid), CAST(:calendar AS uuid))",
        host=host,
        connection=connection["id"],
        calendar=connection["calendars"][0]["id"],
        actor=subject,
    )
    assert audited[0] == (len(operations) if status == 403 else 0)
    assert await lab.sql("SELECT 1 FROM calendar WHERE host_id = :host", host=host)


async def test_without_a_token_nothing_is_shown(lab: Lab) -> None:
    answer = await lab.client.get(f"/v1/hosts/{uuid4()}/connections")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
async def test_nobody_can_rewrite_the_audit(lab: Lab, change: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await lab.sql(change)


async def test_what_an_owner_does_is_audited(lab: Lab) -> None:
    host = await lab.host("audrey")
    connection = await lab.connect(host, "audrey", lab.link(calendar([])).account)
    await lab.person("audrey").delete(f"/v1/connections/{connection['id']}")
    rows = await lab.sql(
        "SELECT action, actor, outcome FROM audit WHERE subject = :id ORDER BY id",
        id=connection["id"],
    )
    assert rows == [("connect", "audrey", "done"), ("disconnect", "audrey", "done")]
