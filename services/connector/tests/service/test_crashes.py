"""A connector that is killed at any step leaves nothing undone and does nothing twice."""

from pathlib import Path

import pytest
from connector_lab.feeds import at, calendar, event, span
from connector_lab.fleet import connector_process
from connector_lab.lab import Surroundings, open_lab
from entente_contracts import CalendarChanged
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name

pytestmark = pytest.mark.integration

FAILPOINTS = ["sync.after_read", "sync.before_commit", "sync.after_commit", "relay.after_send"]


@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_a_sync_that_is_killed_converges(
    surroundings: Surroundings, postgres: PostgresServer, tmp_path: Path, failpoint: str
) -> None:
    dsn = await postgres.create_database(unique_name("crash"))
    log = surroundings.log
    settings = surroundings.settings(dsn=dsn, lease_seconds=6)
    async with open_lab(surroundings, settings) as lab:
        host = await lab.host("kim")
        link = lab.link(calendar([event("a", at(9))]))
        (shown,) = (await lab.connect(host, "kim", link.account))["calendars"]
        await log.until(lambda: log.busy(shown["id"]) == {span(at(9))})
    link.says(calendar([event("a", at(10)), event("b", at(13))]))

    async with connector_process(settings, tmp_path, failpoints=f"{failpoint}=kill") as first:
        await first.killed()
        assert failpoint in first.fired.read_text()

    async with open_lab(surroundings, settings):
        await log.until(lambda: log.busy(shown["id"]) == {span(at(10)), span(at(13))})
    versions: dict[str, int] = {}
    seen: set[object] = set()
    for record in log.records:
        ours = record.key.startswith(f"{shown['id']}:")  # the topic is shared by all tests
        if ours and isinstance(record.message, CalendarChanged) and record.envelope.id not in seen:
            seen.add(record.envelope.id)
            assert record.envelope.aggregate_version > versions.get(record.key, 0)
            versions[record.key] = record.envelope.aggregate_version
    await postgres.drop_database(dsn.rpartition("/")[2])
