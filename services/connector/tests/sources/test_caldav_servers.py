import json
from datetime import UTC, datetime

import pytest
from connector.adapters.caldav import objects
from connector.adapters.caldav.source import CalDavAccount
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.egress import EgressPolicy
from connector.domain.source import (
    Access,
    Changes,
    CheckResult,
    Cursor,
    FailureKind,
    Reading,
    SourceFailure,
    Unchanged,
)
from connector.domain.window import Window
from connector_lab.dav_server import DavServer, TestCalendar

pytestmark = pytest.mark.integration

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture
def dav_http(radicale_server: DavServer, xandikos_server: DavServer) -> GuardedHttp:
    own = frozenset({radicale_server.authority, xandikos_server.authority})
    return GuardedHttp(EgressPolicy(allowed_private=own))


@pytest.fixture
def account(dav_server: DavServer, dav_http: GuardedHttp) -> CalDavAccount:
    return CalDavAccount(dav_http, dav_server.url, dav_server.username, dav_server.password)


@pytest.fixture
async def calendar(dav_server: DavServer) -> TestCalendar:
    return await dav_server.make_calendar()


async def read(
    account: CalDavAccount, calendar: TestCalendar, cursor: Cursor | None = None
) -> Reading:
    """Read with the cursor as it comes back from storage."""
    stored = json.loads(json.dumps(cursor))
    return await account.read(calendar.remote_id, stored, WINDOW)


async def test_calendars_are_found_from_any_address(
    dav_server: DavServer, dav_http: GuardedHttp, calendar: TestCalendar
) -> None:
    for path in ("", "/anna/", calendar.path, calendar.path.rstrip("/"), "/.well-known/caldav"):
        account = CalDavAccount(dav_http, dav_server.url + path, "anna", "pw")
        found = {c.remote_id: c for c in (await account.discover()).calendars}
        assert calendar.remote_id in found, path
        assert found[calendar.remote_id].access is Access.WRITE
        assert len(found) == len((await account.discover()).calendars)


async def test_account_with_calendars_checks_out(
    account: CalDavAccount, calendar: TestCalendar
) -> None:
    assert calendar.path
    assert await account.check() is CheckResult.OK


async def test_first_reading_is_complete(account: CalDavAccount, calendar: TestCalendar) -> None:
    before = datetime.now(UTC)
    await calendar.put("a.ics", summary="Déjeuner")
    await calendar.put("b.ics")
    reading = await read(account, calendar)
    assert isinstance(reading, Changes)
    assert reading.complete
    assert reading.upserted.keys() == {"a.ics", "b.ics"}
    assert "Déjeuner".encode() in reading.upserted["a.ics"].content
    assert before <= reading.as_of <= datetime.now(UTC)


async def test_empty_calendar_reads_as_complete_and_empty(
    account: CalDavAccount, calendar: TestCalendar
) -> None:
    reading = await read(account, calendar)
    assert isinstance(reading, Changes)
    assert reading.complete
    assert not reading.upserted


async def test_quiet_calendar_is_unchanged(account: CalDavAccount, calendar: TestCalendar) -> None:
    await calendar.put("a.ics")
    first = await read(account, calendar)
    second = await read(account, calendar, first.cursor)
    assert isinstance(second, Unchanged)
    assert isinstance(await read(account, calendar, second.cursor), Unchanged)


async def test_delta_reports_created_changed_and_deleted(
    account: CalDavAccount, calendar: TestCalendar
) -> None:
    for name in ("kept.ics", "changed.ics", "deleted.ics"):
        await calendar.put(name)
    first = await read(account, calendar)
    await calendar.put("created.ics")
    await calendar.put("changed.ics", summary="Dinner")
    await calendar.delete("deleted.ics")
    second = await read(account, calendar, first.cursor)
    assert isinstance(second, Changes)
    assert not second.complete
    assert second.upserted.keys() == {"created.ics", "changed.ics"}
    assert b"Dinner" in second.upserted["changed.ics"].content
    assert second.removed == {"deleted.ics"}
    assert isinstance(await read(account, calendar, second.cursor), Unchanged)


async def test_one_name_however_the_server_spells_it(
    account: CalDavAccount, calendar: TestCalendar
) -> None:
    await calendar.put("a%40b%20%C3%BC%2B.ics")
    first = await read(account, calendar)
    assert isinstance(first, Changes)
    (name,) = first.upserted
    await calendar.put("a%40b%20%C3%BC%2B.ics", summary="Dinner")
    second = await read(account, calendar, first.cursor)
    assert isinstance(second, Changes)
    assert second.upserted.keys() == {name}
    assert await account.get(calendar.remote_id, name) is not None
    await calendar.delete("a%40b%20%C3%BC%2B.ics")
    third = await read(account, calendar, second.cursor)
    assert isinstance(third, Changes)
    assert third.removed == {name}


async def test_expired_sync_token_leads_to_a_complete_listing(
    account: CalDavAccount, calendar: TestCalendar
) -> None:
    await calendar.put("a.ics")
    first = await read(account, calendar)
    await calendar.put("b.ics")
    for token in ("0" * 40, "http://radicale.org/ns/sync/" + "0" * 64, "http://x/<&>"):
        reading = await read(account, calendar, {**first.cursor, "sync_token": token})
        assert isinstance(reading, Changes)
        assert reading.complete
        assert reading.upserted.keys() == {"a.ics", "b.ics"}
        assert isinstance(await read(account, calendar, reading.cursor), Unchanged)


async def test_cursor_of_another_calendar_is_not_used(
    account: CalDavAccount, calendar: TestCalendar, dav_server: DavServer
) -> None:
    await calendar.put("a.ics")
    other = await dav_server.make_calendar()
    elsewhere = await read(account, other)
    reading = await read(account, calendar, elsewhere.cursor)
    assert isinstance(reading, Changes)
    assert reading.complete


async def test_many_events_arrive_in_chunks(
    account: CalDavAccount, calendar: TestCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "CHUNK", 3)
    names = {f"{number}.ics" for number in range(7)}
    for name in names:
        await calendar.put(name)
    reading = await read(account, calendar)
    assert isinstance(reading, Changes)
    assert reading.upserted.keys() == names


async def test_one_resource_can_be_looked_up(
    account: CalDavAccount, calendar: TestCalendar
) -> None:
    await calendar.put("a.ics")
    found = await account.get(calendar.remote_id, "a.ics")
    assert found is not None
    assert found.etag
    await calendar.delete("a.ics")
    assert await account.get(calendar.remote_id, "a.ics") is None


async def test_calendar_that_is_deleted_is_gone_not_empty(
    account: CalDavAccount, calendar: TestCalendar
) -> None:
    await calendar.put("a.ics")
    first = await read(account, calendar)
    await calendar.delete("")
    for cursor in (None, first.cursor):
        with pytest.raises(SourceFailure) as failure:
            await read(account, calendar, cursor)
        assert failure.value.kind is FailureKind.GONE
    with pytest.raises(SourceFailure):
        await account.get(calendar.remote_id, "a.ics")


async def test_home_itself_is_no_calendar(account: CalDavAccount, dav_server: DavServer) -> None:
    with pytest.raises(SourceFailure) as failure:
        await account.read(dav_server.url + dav_server.home, None, WINDOW)
    assert failure.value.kind is FailureKind.NOT_A_CALENDAR


async def test_calendar_of_another_account_is_refused(
    radicale_server: DavServer, dav_http: GuardedHttp
) -> None:
    bob = DavServer(radicale_server.port, "/bob/", username="bob")
    foreign = await bob.make_calendar()
    await foreign.put("a.ics")
    anna = CalDavAccount(dav_http, radicale_server.url, "anna", "pw")
    assert foreign.remote_id not in {c.remote_id for c in (await anna.discover()).calendars}
    for attempt in (read(anna, foreign), anna.get(foreign.remote_id, "a.ics")):
        with pytest.raises(SourceFailure) as failure:
            await attempt
        assert failure.value.kind is FailureKind.PERMISSION


async def test_calendar_on_another_server_is_refused(
    radicale_server: DavServer, xandikos_server: DavServer, dav_http: GuardedHttp
) -> None:
    account = CalDavAccount(dav_http, radicale_server.url, "anna", "pw")
    elsewhere = await xandikos_server.make_calendar()
    with pytest.raises(SourceFailure) as failure:
        await read(account, elsewhere)
    assert failure.value.kind is FailureKind.PERMISSION


async def test_wrong_password_is_said_to_be_wrong(
    radicale_server: DavServer, dav_http: GuardedHttp
) -> None:
    account = CalDavAccount(dav_http, radicale_server.url, "anna", "s3cret")
    assert await account.check() is CheckResult.AUTHENTICATION
    with pytest.raises(SourceFailure) as failure:
        await account.discover()
    assert failure.value.kind is FailureKind.AUTHENTICATION
    assert "s3cret" not in str(failure.value)
