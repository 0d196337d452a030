"""The settings form: all or nothing, one default, and what each switch does."""

from typing import Any

import pytest
from connector_lab.feeds import at, calendar, event
from connector_lab.lab import SINGLE, Lab
from entente_contracts import CalendarSettingsChanged

pytestmark = pytest.mark.integration


async def form_of(lab: Lab, host: object, owner: str) -> tuple[str, list[dict[str, Any]]]:
    answer = await lab.person(owner).get(f"/v1/hosts/{host}/calendar-settings")
    return answer.headers["ETag"], answer.json()["calendars"]


def switches(shown: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = ("id", "blocks_availability", "visible_to_owner", "is_default")
    return {name: shown[name] for name in names} | changes


async def save(lab: Lab, host: object, owner: str, etag: str, *calendars: dict[str, Any]) -> Any:
    return await lab.person(owner).put(
        f"/v1/hosts/{host}/calendar-settings",
        json={"calendars": list(calendars)},
        headers={"If-Match": etag},
    )


async def test_a_save_is_whole_and_announced(lab: Lab) -> None:
    host = await lab.host("sven")
    for _ in range(2):
        await lab.connect(host, "sven", lab.link(calendar([])).account)
    etag, (first, second) = await form_of(lab, host, "sven")
    assert (first["is_default"], second["is_default"]) == (True, False)

    saved = await save(
        lab,
        host,
        "sven",
        etag,
        switches(first, is_default=False, blocks_availability=False),
        switches(second, is_default=True),
    )

    assert saved.status_code == 200, saved.text
    assert saved.headers["ETag"] != etag
    log = lab.log
    await log.until(lambda: bool(log.of(CalendarSettingsChanged, second["id"])))
    (unset,) = log.of(CalendarSettingsChanged, first["id"])
    (made,) = log.of(CalendarSettingsChanged, second["id"])
    assert not unset.calendar.is_default
    assert not unset.calendar.blocks_availability
    assert made.calendar.is_default


async def test_a_stale_save_changes_nothing(lab: Lab) -> None:
    host = await lab.host("stella")
    await lab.connect(host, "stella", lab.link(calendar([])).account)
    etag, (only,) = await form_of(lab, host, "stella")
    assert (await save(lab, host, "stella", etag, switches(only))).status_code == 200

    stale = await save(lab, host, "stella", etag, switches(only, blocks_availability=False))

    assert (stale.status_code, stale.json()["code"]) == (412, "stale_revision")
    _, (now,) = await form_of(lab, host, "stella")
    assert now["blocks_availability"]


async def test_a_save_without_the_forms_revision_is_refused(lab: Lab) -> None:
    host = await lab.host("steve")
    answer = await lab.person("steve").put(
        f"/v1/hosts/{host}/calendar-settings", json={"calendars": []}
    )
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")


async def test_a_save_with_one_fault_saves_nothing(lab: Lab) -> None:
    host = await lab.host("sara")
    for _ in range(2):
        await lab.connect(host, "sara", lab.link(calendar([])).account)
    etag, (first, second) = await form_of(lab, host, "sara")
    hidden = switches(first, visible_to_owner=False)
    two_defaults = await save(lab, host, "sara", etag, hidden, switches(second, is_default=True))
    assert two_defaults.json()["code"] == "default_required"
    incomplete = await save(lab, host, "sara", etag, hidden)
    assert incomplete.json()["code"] == "incomplete_settings"
    assert incomplete.json()["calendar_id"] == second["id"]
    again, (unchanged, _) = await form_of(lab, host, "sara")
    assert again == etag
    assert unchanged["visible_to_owner"]


async def test_a_tenant_may_allow_one_calendar_per_user(lab: Lab) -> None:
    host = await lab.host("mark", tenant=SINGLE)
    owner, path = lab.person("mark", tenant=SINGLE), f"/v1/hosts/{host}/connections"
    first = await owner.post(path, json=dict(lab.link(calendar([])).account))
    assert first.status_code == 201
    second = await owner.post(path, json=dict(lab.link(calendar([])).account))
    assert (second.status_code, second.json()["code"]) == (409, "too_many_calendars")
    assert second.json()["max_calendars_per_user"] == 1

    await owner.delete(f"/v1/connections/{first.json()['id']}")
    third = await owner.post(path, json=dict(lab.link(calendar([])).account))
    assert third.status_code == 201


@pytest.mark.parametrize("wrong", ["from", "to"])
async def test_a_view_out_of_reach_names_the_parameter(lab: Lab, wrong: str) -> None:
    host = await lab.host("vida")
    connection = await lab.connect(host, "vida", lab.link(calendar([])).account)
    far = {"from": "0001-01-01T00:00:00+05:00", "to": "9999-12-31T23:00:00-05:00"}[wrong]
    around = {"from": at(0).isoformat(), "to": at(0, day=2).isoformat()}
    path = f"/v1/calendars/{connection['calendars'][0]['id']}/events"
    answer = await lab.person("vida").get(path, params=around | {wrong: far})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [f"query.{wrong}"]


@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("visible", [True, False])
async def test_the_owner_sees_titles_of_visible_calendars_and_nobody_else_does(
    lab: Lab, *, blocks: bool, visible: bool
) -> None:
    owner = f"vera-{blocks}-{visible}"
    host = await lab.host(owner)
    link = lab.link(calendar([event("x", at(9), summary="Canary-Title")]))
    (shown,) = (await lab.connect(host, owner, link.account))["calendars"]
    await lab.log.until(lambda: bool(lab.log.busy(shown["id"])))
    etag, (only,) = await form_of(lab, host, owner)
    wanted = switches(only, blocks_availability=blocks, visible_to_owner=visible)
    await save(lab, host, owner, etag, wanted)

    answer = await lab.person(owner).get(
        f"/v1/calendars/{shown['id']}/events",
        params={"from": at(0).isoformat(), "to": at(0, day=2).isoformat()},
    )

    assert [one["title"] for one in answer.json()] == (["Canary-Title"] if visible else [])
    assert not any(b"Canary-Title" in record.raw for record in lab.log.records)
