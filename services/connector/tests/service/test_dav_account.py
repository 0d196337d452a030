"""Accounts on real CalDAV servers: what happens there shows on Kafka."""

import pytest
from connector_lab.dav_server import DavServer, TestCalendar
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab

pytestmark = pytest.mark.integration


async def put(there: TestCalendar, name: str, *events: str) -> None:
    # Imported from a feed that wants to be read once a day: that is not said of this calendar.
    content = calendar(events).replace(b"VERSION:2.0", b"VERSION:2.0\r\nX-PUBLISHED-TTL:P1D")
    await there.server.request("PUT", there.path + name, content)


@pytest.mark.parametrize("which", ["radicale", "xandikos"])
async def test_what_happens_on_the_server_shows_on_kafka(
    lab: Lab, which: str, radicale_server: DavServer, xandikos_server: DavServer
) -> None:
    server = radicale_server if which == "radicale" else xandikos_server
    there = await server.make_calendar()
    await put(there, "a.ics", event("a", at(9)))
    host = await lab.host(f"anna-{which}")

    connection = await lab.connect(
        host,
        f"anna-{which}",
        {
            "provider": "caldav",
            "url": there.remote_id,
            "username": server.username,
            "password": server.password,
        },
    )
    chosen = await choose(lab, f"anna-{which}", connection, there)

    def says(*expected: tuple[str, str]) -> bool:
        return lab.log.busy(chosen) == set(expected)

    await lab.log.until(lambda: says(span(at(9))))
    await put(there, "a.ics", event("a", at(10), hours=2))
    await lab.log.until(lambda: says(span(at(10), 2)))
    daily = event("r", at(14), more="RRULE:FREQ=DAILY;COUNT=3")
    moved = event("r", at(16, day=1), more=f"RECURRENCE-ID:{at(14, day=1):%Y%m%dT%H%M%SZ}")
    await put(there, "r.ics", daily, moved)
    series = (span(at(14)), span(at(16, day=1)), span(at(14, day=2)))
    await lab.log.until(lambda: says(span(at(10), 2), *series))
    await put(there, "a.ics", event("a", at(10), hours=2, more="STATUS:CANCELLED"))
    await lab.log.until(lambda: says(*series))
    await there.delete("r.ics")
    await lab.log.until(says)


async def choose(lab: Lab, owner: str, connection: dict[str, object], there: TestCalendar) -> str:
    """Read this calendar alone, as the server has those of other tests too."""
    path = f"/v1/connections/{connection['id']}/calendars"
    rows = await lab.sql(
        "SELECT id FROM calendar WHERE connection_id = :id AND remote_id LIKE :path",
        id=connection["id"],
        path=f"%{there.path}",
    )
    chosen = str(rows[0].id)
    answer = await lab.person(owner).put(path, json={"calendar_ids": [chosen]})
    assert {c["id"] for c in answer.json() if c["status"] == "connected"} == {chosen}
    return chosen


async def test_credentials_that_are_refused_connect_nothing(
    lab: Lab, radicale_server: DavServer
) -> None:
    host = await lab.host("mallory")
    given = {"provider": "caldav", "url": radicale_server.url, "username": "anna", "password": "no"}
    answer = await lab.person("mallory").post(f"/v1/hosts/{host}/connections", json=given)
    assert (answer.status_code, answer.json()["code"]) == (422, "source_authentication")
    assert not await lab.sql("SELECT 1 FROM connection WHERE host_id = :host", host=host)


async def test_a_calendar_of_somebody_else_cannot_be_chosen(
    lab: Lab, radicale_server: DavServer
) -> None:
    await radicale_server.make_calendar()
    host, other = await lab.host("paul"), await lab.host("mary")
    account = {
        "provider": "caldav",
        "url": radicale_server.url,
        "username": radicale_server.username,
        "password": radicale_server.password,
    }
    connection = await lab.connect(host, "paul", account)
    foreign = (await lab.connect(other, "mary", lab.link(calendar([])).account))["calendars"][0]
    path = f"/v1/connections/{connection['id']}/calendars"
    answer = await lab.person("paul").put(path, json={"calendar_ids": [foreign["id"]]})
    assert (answer.status_code, answer.json()["code"]) == (422, "calendar_not_accessible")
