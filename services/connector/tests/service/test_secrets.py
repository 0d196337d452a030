"""Secrets: seen nowhere, rotated while the service runs, and never fatal when a key is lost."""

import asyncio
import base64
import os
import sys
from pathlib import Path

import httpx
import pytest
from connector.settings import ConnectorSettings
from connector_lab.fault_server import reply
from connector_lab.feeds import at, calendar, event, span
from connector_lab.fleet import connector_process, variables
from connector_lab.lab import KEY, Lab, Person, Surroundings, eventually, open_lab
from entente_contracts import CalendarDegraded, CalendarFault, CalendarRestored
from stack.ports import choose_port
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name

pytestmark = pytest.mark.integration

NEW_KEY = base64.b64encode(bytes([7] * 32)).decode()
CANARY = "canary-in-a-coal-mine"
_ROTATE = "from connector.entrypoints.cli import keys; keys()"


async def rotate(settings: ConnectorSettings, *, failpoints: str = "") -> tuple[int, str]:
    """Run `keys rotate` one credential at a time; return its exit code and output."""
    environment = {**os.environ, **variables(settings), "FAILPOINTS": failpoints}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _ROTATE, "rotate", "--batch", "1"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def key_ids(lab: Lab) -> list[str]:
    return [row.key_id for row in await lab.sql("SELECT key_id FROM connection ORDER BY key_id")]


async def test_keys_rotate_even_when_interrupted(
    surroundings: Surroundings, postgres: PostgresServer
) -> None:
    dsn = await postgres.create_database(unique_name("keys"))
    log = surroundings.log
    async with open_lab(surroundings, surroundings.settings(dsn=dsn)) as lab:
        host = await lab.host("rita")
        links = [lab.link(calendar([event("a", at(9))])) for _ in range(3)]
        shown = [
            (await lab.connect(host, "rita", link.account))["calendars"][0]["id"] for link in links
        ]
        before = await key_ids(lab)
        both = surroundings.settings(dsn=dsn, keys=(NEW_KEY, KEY))

        code, _ = await rotate(both, failpoints="keys.after_batch=kill")
        assert code < 0
        assert len(set(await key_ids(lab))) == 2

        assert await rotate(both) == (0, "2 encrypted under the current key\n")
        (after,) = set(await key_ids(lab))
        assert after not in before

    async with open_lab(surroundings, surroundings.settings(dsn=dsn, keys=(NEW_KEY,))):
        for link in links:
            link.says(calendar([event("a", at(12))]))
        await log.until(lambda: all(log.busy(one) == {span(at(12))} for one in shown))
    await postgres.drop_database(dsn.rpartition("/")[2])


async def test_a_lost_key_degrades_what_it_locked_and_the_owner_repairs_it(
    surroundings: Surroundings, postgres: PostgresServer
) -> None:
    dsn = await postgres.create_database(unique_name("lost"))
    log = surroundings.log
    async with open_lab(surroundings, surroundings.settings(dsn=dsn)) as lab:
        host = await lab.host("lola")
        link = lab.link(calendar([event("a", at(9))]))
        connection = await lab.connect(host, "lola", link.account)
        shown = connection["calendars"][0]["id"]
        await log.until(lambda: log.busy(shown) == {span(at(9))})

    async with open_lab(surroundings, surroundings.settings(dsn=dsn, keys=(NEW_KEY,))) as lab:
        await log.until(lambda: bool(log.of(CalendarDegraded, shown)))
        assert log.of(CalendarDegraded, shown)[0].calendar.reason == CalendarFault.AUTHENTICATION
        assert log.busy(shown) == {span(at(9))}
        path, owner = f"/v1/connections/{connection['id']}", lab.person("lola")
        assert (await owner.post(f"{path}/test")).json() == {"result": "authentication"}
        code, output = await rotate(lab.settings)
        assert (code, "1 cannot be read" in output) == (1, True)

        assert (await owner.put(f"{path}/account", json=link.account)).status_code == 200
        await log.until(lambda: bool(log.of(CalendarRestored, shown)))
    await postgres.drop_database(dsn.rpartition("/")[2])


async def test_a_links_secret_is_seen_nowhere(
    surroundings: Surroundings, postgres: PostgresServer, tmp_path: Path
) -> None:
    dsn = await postgres.create_database(unique_name("canary"))
    spans, port = tmp_path / "spans.jsonl", choose_port(None, purpose="connector")
    settings = surroundings.settings(dsn=dsn, port=port, spans_path=spans)
    web, log, target = surroundings.web, surroundings.log, f"/{CANARY}?PassphraseKey={CANARY}"
    account = {"provider": "ics", "url": f"http://{web.authority}{target}"}
    answers: list[str] = []

    async def keep(response: httpx.Response) -> None:
        answers.append(f"{response.headers}{(await response.aread()).decode()}")

    async with open_lab(surroundings, settings) as lab:
        host = await lab.host("carla")
    hooks = {"response": [keep]}
    async with (
        connector_process(settings, tmp_path) as running,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", event_hooks=hooks) as client,
    ):
        await eventually(lambda: _ready(client), seconds=60)
        owner = Person(
            client, surroundings.key.token(subject="carla", tenant="acme", roles=["owner"])
        )
        web.answers(target, reply(b"<html>" + CANARY.encode()))
        refused = await owner.post(f"/v1/hosts/{host}/connections", json=account)
        assert refused.json()["code"] == "source_not_a_calendar"
        web.answers(target, reply(calendar([event("a", at(9))])))
        connection = (await owner.post(f"/v1/hosts/{host}/connections", json=account)).json()
        shown = connection["calendars"][0]["id"]
        await log.until(lambda: log.busy(shown) == {span(at(9))})
        for fault in (
            reply(status=302, headers={"Location": f"/{CANARY}"}),
            reply(CANARY.encode()),
        ):
            web.answers(target, fault)
            await owner.post(f"/v1/connections/{connection['id']}/test")
        await log.until(lambda: bool(log.of(CalendarDegraded, shown)))
        await owner.get(f"/v1/hosts/{host}/calendar-settings")
        await owner.post(f"/v1/hosts/{host}/connections", json={**account, "unknown": "field"})
        running.process.terminate()
        await running.process.wait()

    records = b"".join(record.raw for record in log.records).decode()
    output = running.log.read_text()
    assert len(output) > 0
    assert "span_id" in spans.read_text()
    for where, seen in {
        "answers": "".join(answers),
        "records": records,
        "log": output,
        "spans": spans.read_text(),
    }.items():
        assert CANARY not in seen, where
    await postgres.drop_database(dsn.rpartition("/")[2])


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).is_success
    except httpx.TransportError:
        return False
