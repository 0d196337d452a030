"""What the connector hears on Kafka."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab, eventually
from entente_contracts import SyncCalendar, SyncReason, uuid7
from messaging.outbox import Outbox

pytestmark = pytest.mark.integration


async def test_hosts_are_known_by_their_latest_revision(lab: Lab) -> None:
    host = uuid4()
    for revision, zone in ((2, "Europe/Rome"), (1, "Europe/Oslo"), (3, "Europe/Riga")):
        await lab.announce_host(host, "hana", revision=revision, timezone=zone)
    query = "SELECT timezone FROM host WHERE id = :id AND revision = 3"
    (row,) = await eventually(lambda: lab.sql(query, id=host))
    assert row.timezone == "Europe/Riga"


async def test_a_calendar_is_read_when_a_service_asks(lab: Lab) -> None:
    host = await lab.host("hugo")
    link = lab.link(calendar([event("a", at(9))]))
    (shown,) = (await lab.connect(host, "hugo", link.account))["calendars"]
    await lab.log.until(lambda: lab.log.busy(shown["id"]) == {span(at(9))})
    far = "UPDATE calendar_sync SET next_sync_at = now() + interval '1 day' WHERE calendar_id = :id"
    resting = "SELECT 1 FROM calendar_sync WHERE calendar_id = :id AND lease IS NULL"
    await eventually(lambda: lab.sql(f"{resting} AND next_sync_at > now()", id=shown["id"]))
    await lab.sql(f"{far} AND lease IS NULL", id=shown["id"])
    link.says(calendar([event("a", at(10))]))

    command = SyncCalendar(
        tenant_id="acme",
        command_id=uuid7(),
        calendar_id=UUID(shown["id"]),
        reason=SyncReason.REQUESTED,
        requested_at=datetime.now(UTC),
    )
    async with lab.sessions.begin() as session:
        await Outbox("/tests").add(session, command)

    await lab.log.until(lambda: lab.log.busy(shown["id"]) == {span(at(10))})
