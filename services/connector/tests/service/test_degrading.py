"""A calendar that cannot be read keeps its last good picture, and says that it is old."""

from uuid import uuid4

import pytest
from connector_lab.fault_server import FaultServer, Reply, reply
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab, Link, Surroundings, open_lab
from entente_contracts import CalendarDegraded, CalendarFault, CalendarRestored
from stack.postgres.server import PostgresServer
from stack.pytest_plugin import unique_name

pytestmark = pytest.mark.integration

WORK = calendar([event("a", at(9))])
CUT = calendar([event("a", at(9))])[:-10]
ELSEWHERE = {"Location": "http://127.0.0.1:9/private"}


async def connected(lab: Lab, content: bytes) -> tuple[Link, str, str]:
    owner = f"dora-{uuid4().hex[:8]}"
    host = await lab.host(owner)
    link = lab.link(content)
    (shown,) = (await lab.connect(host, owner, link.account))["calendars"]
    await lab.log.until(lambda: len(lab.log.months(shown["id"])) == 15)
    return link, shown["id"], owner


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(status=500), CalendarFault.NETWORK),
        (reply(b"<html>Please log in</html>"), CalendarFault.NOT_A_CALENDAR),
        (reply(b""), CalendarFault.INVALID_ANSWER),
        (reply(CUT), CalendarFault.INVALID_ANSWER),
        (reply(status=410), CalendarFault.GONE),
        (reply(status=401), CalendarFault.AUTHENTICATION),
        (reply(status=403), CalendarFault.PERMISSION),
        (reply(status=302, headers=ELSEWHERE), CalendarFault.ADDRESS_REFUSED),
        (reply(status=429, headers={"Retry-After": "1"}), CalendarFault.THROTTLED),
    ],
)
async def test_no_failure_reads_as_free(lab: Lab, answer: Reply, fault: CalendarFault) -> None:
    log = lab.log
    link, shown, _ = await connected(lab, WORK)
    before = log.months(shown)

    link.answers(answer)

    await log.until(lambda: bool(log.of(CalendarDegraded, shown)))
    (degraded,) = log.of(CalendarDegraded, shown)
    assert degraded.calendar.reason == fault
    assert log.months(shown) == before
    assert log.busy(shown) == {span(at(9))}

    link.says(calendar([event("a", at(9)), event("b", at(12))]))
    await log.until(lambda: bool(log.of(CalendarRestored, shown)))
    await log.until(lambda: log.busy(shown) == {span(at(9)), span(at(12))})


async def test_what_nobody_foresaw_degrades_as_well(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log = lab.log
    link, shown, _ = await connected(lab, WORK)
    with monkeypatch.context() as patch:
        patch.setattr("connector.application.sync_calendar.take_reading", stumble)
        await log.until(lambda: bool(log.of(CalendarDegraded, shown)))
    (degraded,) = log.of(CalendarDegraded, shown)
    assert degraded.calendar.reason == CalendarFault.INVALID_ANSWER
    assert "reading broke off: IndexError" in caplog.messages
    assert log.busy(shown) == {span(at(9))}

    link.says(calendar([event("a", at(9)), event("b", at(12))]))
    await log.until(lambda: bool(log.of(CalendarRestored, shown)))


async def test_a_source_that_takes_longer_than_its_lease_has_failed(
    postgres: PostgresServer, surroundings: Surroundings, web: FaultServer
) -> None:
    dsn = await postgres.create_database(unique_name("connector"))
    async with open_lab(surroundings, surroundings.settings(dsn=dsn, lease_seconds=1)) as lab:
        link, shown, _ = await connected(lab, WORK)
        whole = reply(calendar([event("b", at(12))])).chunks[0]
        link.answers(Reply([whole[:-1], b""], pause=20))
        web.received.clear()
        await lab.log.until(lambda: bool(lab.log.of(CalendarDegraded, shown)))
        (degraded,) = lab.log.of(CalendarDegraded, shown)
        assert degraded.calendar.reason == CalendarFault.NETWORK
        assert lab.log.busy(shown) == {span(at(9))}
        rows = await lab.sql("SELECT failures FROM calendar_sync WHERE calendar_id = :id", id=shown)
        asked = [request for request in web.received if request.target == link.target]
        assert rows[0].failures <= len(asked) <= rows[0].failures + 1


async def stumble(*_: object) -> None:
    raise IndexError


async def test_the_name_of_a_feed_may_hold_what_no_database_takes(lab: Lab) -> None:
    odd = event("b\0", at(12)).replace(f"DTSTART:{at(12):%Y%m%dT%H%M%SZ}\r\n", "")
    _, shown, owner = await connected(lab, calendar([event("a", at(9)), odd], name="My\0Cal"))
    assert lab.log.busy(shown) == {span(at(9))}
    (row,) = await lab.sql("SELECT name FROM calendar WHERE id = :id", id=shown)
    assert row.name == "MyCal"
    answer = await lab.person(owner).get(f"/v1/calendars/{shown}/broken-events")
    assert [one["uid"] for one in answer.json()] == ["b"]


async def test_a_mass_deletion_waits_for_the_owner(lab: Lab) -> None:
    log = lab.log
    many = [event(f"e{n}", at(n), hours=0.5) for n in range(12)]
    link, shown, owner = await connected(lab, calendar(many))
    link.says(calendar(many[:1]))

    await log.until(lambda: bool(log.of(CalendarDegraded, shown)))
    (degraded,) = log.of(CalendarDegraded, shown)
    assert degraded.calendar.reason == CalendarFault.MASS_DELETION
    assert len(log.busy(shown)) == 12

    approved = await lab.person(owner).post(f"/v1/calendars/{shown}/deletions/approve")
    assert approved.status_code == 202
    await log.until(lambda: log.busy(shown) == {span(at(0), 0.5)})
    again = await lab.person(owner).post(f"/v1/calendars/{shown}/deletions/approve")
    assert again.json()["code"] == "no_mass_deletion"


async def test_broken_events_are_shown_to_the_owner_and_hide_nothing(lab: Lab) -> None:
    timeless = event("broken-uid", at(9)).replace(f"DTSTART:{at(9):%Y%m%dT%H%M%SZ}\r\n", "")
    _, shown, owner = await connected(lab, calendar([timeless, event("a", at(11))]))
    assert lab.log.busy(shown) == {span(at(11))}
    answer = await lab.person(owner).get(f"/v1/calendars/{shown}/broken-events")
    assert [(one["uid"], one["reason"]) for one in answer.json()] == [
        ("broken-uid", "missing_start")
    ]
    assert not any(b"broken-uid" in record.raw for record in lab.log.records)


async def test_an_unchanged_calendar_is_announced_as_checked(lab: Lab) -> None:
    _, shown, _ = await connected(lab, WORK)
    rows = await lab.sql("SELECT checked_at FROM calendar_sync WHERE calendar_id = :id", id=shown)
    await lab.sql(
        "UPDATE calendar_sync SET checked_at = checked_at - interval '1 hour'"
        " WHERE calendar_id = :id",
        id=shown,
    )
    key = f"{shown}:as-of"
    await lab.log.until(lambda: any(record.key == key for record in lab.log.records))
    checks = [record for record in lab.log.records if record.key == key]
    assert len(checks) == 1
    assert checks[0].envelope.aggregate_version > 1
    assert rows


async def test_a_month_leaves_the_horizon_while_the_source_is_down(lab: Lab) -> None:
    link, shown, _ = await connected(lab, WORK)
    link.answers(reply(status=500))
    await lab.log.until(lambda: bool(lab.log.of(CalendarDegraded, shown)))
    await lab.sql(
        "INSERT INTO month_picture SELECT calendar_id, '2020-01', tenant_id, digest, revision"
        " FROM month_picture WHERE calendar_id = :id LIMIT 1",
        id=shown,
    )
    await lab.sql(
        "UPDATE calendar_sync SET basis = 'an earlier month' WHERE calendar_id = :id", id=shown
    )
    await lab.log.until(lambda: "2020-01" in lab.log.months(shown))
    assert lab.log.months(shown)["2020-01"] is None
    assert lab.log.busy(shown) == {span(at(9))}
