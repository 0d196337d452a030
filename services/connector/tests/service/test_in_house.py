"""In-house calendars: a system of one's own pushes its busy time."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from connector.adapters.expansion.pool import ExpansionPool
from connector_lab.feeds import at, span
from connector_lab.lab import Lab
from entente_contracts import CalendarChanged
from entente_contracts.busy import BusyState

pytestmark = pytest.mark.integration

PAGE = Path(__file__).parents[4] / "docs" / "in-house-calendars.md"


async def in_house(lab: Lab, owner: str) -> str:
    host = await lab.host(owner)
    connection = await lab.connect(host, owner, {"provider": "inhouse", "name": "Shifts"})
    return connection["calendars"][0]["id"]


def push(sequence: int, *busy: dict[str, Any]) -> dict[str, Any]:
    window = {"first_date": f"{at(0):%Y-%m-%d}", "end_date": f"{at(0, day=7):%Y-%m-%d}"}
    return {"sequence": sequence, "window": window, "busy": list(busy)}


def busy_of(lab: Lab, shown: str) -> set[tuple[str, str]]:
    return lab.log.busy(shown, state=BusyState.BUSY)


def busy(hour: int) -> dict[str, Any]:
    return {"start": at(hour).isoformat(), "end": at(hour + 1).isoformat()}


async def test_a_push_replaces_its_window(lab: Lab) -> None:
    shown = await in_house(lab, "ines")
    path = f"/v1/sources/{shown}/busy"
    service = lab.person("shift-planner", roles=("service",))

    first = await service.put(path, json=push(1, busy(9)))
    assert (first.status_code, first.json()) == (200, {"outcome": "applied"})
    await lab.log.until(lambda: busy_of(lab, shown) == {span(at(9))})

    await service.put(path, json=push(5, busy(11), busy(14)))
    await lab.log.until(lambda: busy_of(lab, shown) == {span(at(11)), span(at(14))})


async def test_time_that_no_push_spoke_for_is_unknown(lab: Lab) -> None:
    shown = await in_house(lab, "isa")
    path, owner = f"/v1/sources/{shown}/busy", lab.person("isa")

    def unknown() -> set[tuple[str, str]]:
        return lab.log.busy(shown, state=BusyState.UNKNOWN)

    def covers(day: int) -> bool:
        noon = f"{at(12, day=day):%Y-%m-%dT%H:%M}"
        return any(start <= noon < end for start, end in unknown())

    await owner.put(path, json=push(1, busy(9)))
    await lab.log.until(lambda: bool(unknown()))
    assert [day for day in range(-3, 12) if not covers(day)] == list(range(7))

    later = {"first_date": f"{at(0, day=7):%Y-%m-%d}", "end_date": f"{at(0, day=9):%Y-%m-%d}"}
    await owner.put(path, json={**push(2), "window": later})
    await lab.log.until(lambda: not covers(8))
    assert [day for day in range(-3, 12) if not covers(day)] == list(range(9))


async def test_a_push_takes_effect_once_and_never_backwards(lab: Lab) -> None:
    shown = await in_house(lab, "iris")
    path, owner = f"/v1/sources/{shown}/busy", lab.person("iris")
    assert (await owner.put(path, json=push(4, busy(9)))).json()["outcome"] == "applied"

    repeated = await owner.put(path, json=push(4, busy(9)))
    assert (repeated.status_code, repeated.json()["outcome"]) == (200, "repeated")
    for stale in (push(4, busy(10)), push(3, busy(10))):
        refused = await owner.put(path, json=stale)
        assert (refused.status_code, refused.json()["code"]) == (409, "stale_sequence")
        assert refused.json()["sequence"] == 4
    await lab.log.until(lambda: busy_of(lab, shown) == {span(at(9))})
    assert {changed.revision for changed in lab.log.of(CalendarChanged, shown)} == {1}


async def test_a_wrong_field_is_named(lab: Lab) -> None:
    shown = await in_house(lab, "ivan")
    wrong = push(1, {"start": at(9).isoformat(), "end": at(8).isoformat()})
    answer = await lab.person("ivan").put(f"/v1/sources/{shown}/busy", json=wrong)
    assert answer.status_code == 422
    assert any(error["field"].startswith("body.busy.0") for error in answer.json()["errors"])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"window": {"first_date": "2026-01-01", "end_date": "9999-12-31"}}, "window.end_date"),
        ({"window": {"first_date": "0001-01-01", "end_date": "2026-01-01"}}, "window.first_date"),
        (
            {"busy": [{"start": "0001-01-01T00:00:00+05:00", "end": "2026-01-01T00:00:00Z"}]},
            "busy.0.+.start",
        ),
        (
            {"busy": [{"start_date": "2026-01-01", "end_date": "9999-12-31"}]},
            "busy.0.+.end_date",
        ),
    ],
)
async def test_a_date_out_of_reach_is_named(lab: Lab, given: dict[str, Any], field: str) -> None:
    shown = await in_house(lab, "irma")
    answer = await lab.person("irma").put(f"/v1/sources/{shown}/busy", json=push(1) | given)
    assert answer.status_code == 422
    named = [error["field"] for error in answer.json()["errors"]]
    assert any(re.fullmatch(f"body.{field}", one) for one in named)


async def test_a_name_that_no_database_takes_is_named(lab: Lab) -> None:
    host = await lab.host("ilse")
    answer = await lab.person("ilse").post(
        f"/v1/hosts/{host}/connections", json={"provider": "inhouse", "name": "a\0b"}
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.inhouse.name"]


async def test_what_was_pushed_before_a_disconnection_is_taken_again_after_it(lab: Lab) -> None:
    host, owner = await lab.host("ida"), lab.person("ida")
    connection = await lab.connect(host, "ida", {"provider": "inhouse", "name": "Shifts"})
    shown = connection["calendars"][0]["id"]
    path, last = f"/v1/sources/{shown}/busy", push(7, busy(9))
    await owner.put(path, json=last)
    await lab.log.until(lambda: busy_of(lab, shown) == {span(at(9))})
    await owner.delete(f"/v1/connections/{connection['id']}")
    await lab.log.until(lambda: not lab.log.busy(shown))
    account = {"provider": "inhouse", "name": "Shifts"}
    await owner.put(f"/v1/connections/{connection['id']}/account", json=account)
    older = await owner.put(path, json=push(6, busy(10)))
    assert (older.status_code, older.json()["code"]) == (409, "stale_sequence")
    again = await owner.put(path, json=last)
    assert (again.status_code, again.json()) == (200, {"outcome": "applied"})
    await lab.log.until(lambda: busy_of(lab, shown) == {span(at(9))})


async def test_a_push_that_a_disconnection_overtakes_leaves_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, owner = await lab.host("inge"), lab.person("inge")
    connection = await lab.connect(host, "inge", {"provider": "inhouse", "name": "Shifts"})
    shown = connection["calendars"][0]["id"]

    async def picture(*given: Any) -> Any:
        monkeypatch.undo()
        gone = await owner.delete(f"/v1/connections/{connection['id']}")
        assert gone.status_code == 204
        return await made(*given)

    made = ExpansionPool.picture
    monkeypatch.setattr(ExpansionPool, "picture", picture)
    answer = await owner.put(f"/v1/sources/{shown}/busy", json=push(1, busy(9)))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_pushed")
    assert not await lab.sql("SELECT 1 FROM calendar_object WHERE calendar_id = :id", id=shown)


async def test_only_in_house_calendars_take_pushes(lab: Lab) -> None:
    host = await lab.host("igor")
    link = lab.link(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n")
    (shown,) = (await lab.connect(host, "igor", link.account))["calendars"]
    answer = await lab.person("igor").put(f"/v1/sources/{shown['id']}/busy", json=push(1))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_pushed")


async def test_the_documented_example_works(lab: Lab) -> None:
    shown = await in_house(lab, "docs")
    (script,) = re.findall(r"```sh\n(curl .*?)```", PAGE.read_text(), re.DOTALL)
    words = shlex.split(script.replace("\\\n", " "))
    body = words[words.index("--data") + 1]
    (url,) = [word for word in words if word.startswith("$CONNECTOR")]
    path = url.removeprefix("$CONNECTOR").replace("$CALENDAR", shown)
    method = words[words.index("--request") + 1]
    answer = await lab.person("docs").request(
        method, path, content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (200, {"outcome": "applied"})
