"""A connector killed while it answers an owner has done all that was asked, or nothing."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from connector_lab.feeds import at, calendar, event, span
from connector_lab.fleet import connector_process
from connector_lab.lab import Lab, Link, Person, Surroundings, eventually, open_lab
from stack.ports import HOST, choose_port
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Scene:
    """A host with a link and an in-house system, and one link that is not connected yet."""

    host: UUID
    link: Link
    connection: str
    calendar: str
    shifts: str
    other: Link

    async def tables(self, lab: Lab) -> Mapping[str, list[Any]]:
        """Return what is stored, but for what polling changes."""
        columns = {
            "host": "id, settings_revision",
            "connection": "id, status, revision, md5(credentials)",
            "calendar": "id, status IN ('connected', 'degraded'), blocks_availability, is_default",
            "source_push": "calendar_id, sequence",
        }
        return {
            table: await lab.sql(f"SELECT {shown} FROM {table} ORDER BY 1")  # noqa: S608 - of this test
            for table, shown in columns.items()
        }


Request = Callable[[Scene, Person], Any]


def connect(scene: Scene, owner: Person) -> Any:
    return owner.post(f"/v1/hosts/{scene.host}/connections", json=scene.other.account)


def choose(scene: Scene, owner: Person) -> Any:
    path = f"/v1/connections/{scene.connection}/calendars"
    return owner.put(path, json={"calendar_ids": []})


async def save(scene: Scene, owner: Person) -> Any:
    path = f"/v1/hosts/{scene.host}/calendar-settings"
    shown = await owner.get(path)
    switches = ("id", "blocks_availability", "visible_to_owner", "is_default")
    form = [{name: one[name] for name in switches} for one in shown.json()["calendars"]]
    for one in form:
        one["blocks_availability"] = not one["blocks_availability"]
    headers = {"If-Match": shown.headers["ETag"]}
    return await owner.put(path, json={"calendars": form}, headers=headers)


def push(scene: Scene, owner: Person) -> Any:
    window = {"first_date": f"{at(0):%Y-%m-%d}", "end_date": f"{at(0, day=7):%Y-%m-%d}"}
    busy = [{"start": at(9).isoformat(), "end": at(10).isoformat()}]
    body = {"sequence": 1, "window": window, "busy": busy}
    return owner.put(f"/v1/sources/{scene.shifts}/busy", json=body)


def disconnect(scene: Scene, owner: Person) -> Any:
    return owner.delete(f"/v1/connections/{scene.connection}")


def reconnect(scene: Scene, owner: Person) -> Any:
    return owner.put(f"/v1/connections/{scene.connection}/account", json=scene.other.account)


@pytest.mark.parametrize(
    ("failpoint", "request_of"),
    [
        ("connect.before_commit", connect),
        ("choose.before_commit", choose),
        ("settings.before_commit", save),
        ("push.before_commit", push),
        ("disconnect.before_commit", disconnect),
        ("reconnect.before_commit", reconnect),
    ],
)
async def test_a_request_that_is_killed_did_nothing_and_can_be_made_again(
    surroundings: Surroundings,
    postgres: PostgresServer,
    tmp_path: Path,
    failpoint: str,
    request_of: Request,
) -> None:
    dsn = await postgres.create_database(unique_name("killed"))
    settings = surroundings.settings(
        dsn=dsn, lease_seconds=6, port=choose_port(None, purpose="connector")
    )
    async with open_lab(surroundings, settings) as lab:
        host = await lab.host("kira")
        link = lab.link(calendar([event("a", at(9))]))
        first = await lab.connect(host, "kira", link.account)
        shifts = await lab.connect(host, "kira", {"provider": "inhouse", "name": "Shifts"})
        shown = first["calendars"][0]["id"]
        other = lab.link(calendar([event("b", at(13))]))
        scene = Scene(host, link, first["id"], shown, shifts["calendars"][0]["id"], other)
        await lab.log.until(lambda: lab.log.busy(shown) == {span(at(9))})
        before = await scene.tables(lab)

    async with (
        connector_process(settings, tmp_path, failpoints=f"{failpoint}=kill") as process,
        httpx.AsyncClient(base_url=f"http://{HOST}:{settings.http.port}", trust_env=False) as web,
    ):

        async def ready() -> bool:
            with suppress(httpx.TransportError):
                return (await web.get("/readyz")).is_success
            return False

        await eventually(ready)
        owner = Person(web, surroundings.key.token(subject="kira", tenant="acme", roles=("owner",)))
        with pytest.raises(httpx.TransportError):
            await request_of(scene, owner)
        await process.killed()
        assert failpoint in process.fired.read_text()

    async with open_lab(surroundings, settings) as lab:
        assert await scene.tables(lab) == before
        answer = await request_of(scene, lab.person("kira"))
        assert answer.is_success, answer.text
        assert await scene.tables(lab) != before
    await postgres.drop_database(dsn.rpartition("/")[2])
