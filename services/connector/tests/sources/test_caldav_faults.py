from datetime import UTC, datetime, timedelta

import pytest
from connector.adapters.caldav import xml
from connector.adapters.caldav.source import CalDavAccount
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.http.limits import HttpLimits
from connector.domain.source import (
    Changes,
    Cursor,
    FailureKind,
    Reading,
    SourceFailure,
    Unchanged,
)
from connector.domain.window import Window
from connector_lab.dav_server import event
from connector_lab.fault_server import FaultServer, Reply, reply
from dav_script import collection, data, failed, member, multistatus, sync_token

pytestmark = pytest.mark.integration

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
A, B, C = (event(uid) for uid in "abc")


@pytest.fixture
def account(faults: FaultServer, http: GuardedHttp) -> CalDavAccount:
    return CalDavAccount(http, faults.address("/cal/").reveal(), "anna", "s3cret")


async def read(
    account: CalDavAccount, faults: FaultServer, cursor: Cursor | None = None
) -> Reading:
    return await account.read(faults.address("/cal/").reveal(), cursor, WINDOW)


async def changes(
    account: CalDavAccount, faults: FaultServer, cursor: Cursor | None = None
) -> Changes:
    reading = await read(account, faults, cursor)
    assert isinstance(reading, Changes)
    return reading


async def failure_of(
    account: CalDavAccount, faults: FaultServer, cursor: Cursor | None = None
) -> SourceFailure:
    with pytest.raises(SourceFailure) as failure:
        await read(account, faults, cursor)
    return failure.value


def synced(faults: FaultServer, mark: str = "t1") -> Cursor:
    return {"collection": f"http://{faults.authority}/cal/", "sync_token": mark}


def by_etags(faults: FaultServer, ctag: str | None, **etags: str) -> Cursor:
    versions = {f"{name}.ics": etag for name, etag in etags.items()}
    return {"collection": f"http://{faults.authority}/cal/", "ctag": ctag, "etags": versions}


async def test_truncated_delta_is_read_to_its_end(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers(
        "REPORT /cal/",
        multistatus(member("/cal/a.ics"), failed("/cal/", 507), sync_token("t2")),
        multistatus(
            failed("/cal/b.ics", 404),
            failed("/cal/c.ics", 404),
            failed("/cal/", 507),
            sync_token("t3"),
        ),
        multistatus(member("/cal/c.ics"), sync_token("t4")),
        multistatus(data("/cal/a.ics", A), data("/cal/c.ics", C)),
    )
    reading = await changes(account, faults, synced(faults))
    assert reading.upserted.keys() == {"a.ics", "c.ics"}
    assert reading.removed == {"b.ics"}
    assert reading.cursor == synced(faults, "t4")
    assert b">t2<" in faults.received[1].body
    assert not any(b"limit" in request.body for request in faults.received)


@pytest.mark.parametrize(
    "page",
    [
        multistatus(member("/cal/a.ics")),
        multistatus(failed("/cal/", 507), sync_token("t1")),
        multistatus(failed("/cal/a.ics", 403), sync_token("t2")),
        multistatus(member("/elsewhere/a.ics"), sync_token("t2")),
    ],
    ids=["no-token", "no-progress", "hidden-member", "foreign-member"],
)
async def test_doubtful_delta_proves_nothing(
    faults: FaultServer, account: CalDavAccount, page: Reply
) -> None:
    faults.answers("REPORT /cal/", page)
    failure = await failure_of(account, faults, synced(faults))
    assert failure.kind is FailureKind.INVALID_ANSWER


@pytest.mark.parametrize("status", [400, 403, 409, 410, 412, 500, 507])
async def test_refused_token_leads_to_a_complete_listing(
    faults: FaultServer, account: CalDavAccount, status: int
) -> None:
    faults.answers(
        "PROPFIND /cal/",
        multistatus(collection(sync="t9")),
        multistatus(collection(), member("/cal/a.ics")),
    )
    faults.answers("REPORT /cal/", reply(status=status), multistatus(data("/cal/a.ics", A)))
    reading = await changes(account, faults, synced(faults))
    assert reading.complete
    assert reading.upserted.keys() == {"a.ics"}
    assert reading.cursor == synced(faults, "t9")


async def test_refused_token_with_a_refused_listing_is_a_failure_not_an_empty_calendar(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers("/cal/", reply(status=403))
    assert (await failure_of(account, faults, synced(faults))).kind is FailureKind.PERMISSION


async def test_server_outage_does_not_cost_the_cursor(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers("/cal/", reply(status=503, headers={"Retry-After": "60"}))
    failure = await failure_of(account, faults, synced(faults))
    assert (failure.kind, failure.retry_after) == (FailureKind.THROTTLED, timedelta(minutes=1))
    assert len(faults.received) == 1


@pytest.mark.parametrize(
    "listing",
    [
        multistatus(member("/cal/a.ics")),
        multistatus(),
        multistatus(collection(), failed("/cal/a.ics", 403)),
        multistatus(collection(), failed("/cal/", 507)),
        reply(b"<html/>", status=207),
        reply(b"", status=207),
        reply(b"<d:multistatus xmlns:d='DAV:'>", status=207),
        reply(b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>', status=207),
        reply(b"<a>" * 40 + b"</a>" * 40, status=207),
        reply(status=500),
        reply(status=200),
    ],
)
async def test_doubtful_listing_proves_nothing(
    faults: FaultServer, account: CalDavAccount, listing: Reply
) -> None:
    faults.answers("PROPFIND /cal/", multistatus(collection(sync="t1")), listing)
    faults.answers("REPORT /cal/", multistatus(data("/cal/a.ics", A)))
    with pytest.raises(SourceFailure):
        await read(account, faults)


async def test_member_left_out_by_multiget_is_fetched_by_itself(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers(
        "PROPFIND /cal/",
        multistatus(collection(sync="t1")),
        multistatus(collection(), member("/cal/a.ics"), member("/cal/b.ics")),
    )
    faults.answers("REPORT /cal/", multistatus(data("/cal/a.ics", A)))
    faults.answers("GET /cal/b.ics", reply(B, headers={"ETag": '"9"'}))
    reading = await changes(account, faults)
    assert reading.upserted["b.ics"].content == B
    assert reading.upserted["b.ics"].etag == '"9"'


async def test_member_that_vanishes_meanwhile_is_removed(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers("PROPFIND /cal/", multistatus(collection(sync="t1")))
    faults.answers(
        "REPORT /cal/",
        multistatus(member("/cal/a.ics"), sync_token("t2")),
        multistatus(failed("/cal/a.ics", 404)),
    )
    reading = await changes(account, faults, synced(faults))
    assert reading.removed == {"a.ics"}


async def test_missing_member_of_a_calendar_no_longer_ours_is_no_deletion(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers("PROPFIND /cal/", reply(status=404))
    with pytest.raises(SourceFailure) as failure:
        await account.get(faults.address("/cal/").reveal(), "a.ics")
    assert failure.value.kind is FailureKind.GONE


@pytest.mark.parametrize("answer", [reply(b"<html>"), reply(b""), reply(A[:-9]), reply(status=500)])
async def test_lookup_takes_nothing_broken_for_an_entry(
    faults: FaultServer, account: CalDavAccount, answer: Reply
) -> None:
    faults.answers("GET /cal/a.ics", answer)
    with pytest.raises(SourceFailure):
        await account.get(faults.address("/cal/").reveal(), "a.ics")


@pytest.mark.parametrize("name", ["", "../other/a.ics", "http://10.0.0.1/", "?x", "/etc", "//h/a"])
async def test_lookup_stays_in_its_collection(
    faults: FaultServer, account: CalDavAccount, name: str
) -> None:
    with pytest.raises(SourceFailure):
        await account.get(faults.address("/cal/").reveal(), name)
    assert all(request.target.startswith("/cal/") for request in faults.received)


async def test_without_sync_tokens_the_same_ctag_means_unchanged(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers("PROPFIND /cal/", multistatus(collection(ctag="7")))
    cursor = by_etags(faults, "7", a='"1"')
    reading = await read(account, faults, cursor)
    assert isinstance(reading, Unchanged)
    assert reading.cursor == cursor
    assert len(faults.received) == 1


async def test_without_sync_tokens_etags_show_what_changed(
    faults: FaultServer, account: CalDavAccount
) -> None:
    faults.answers(
        "PROPFIND /cal/",
        multistatus(collection(ctag="8")),
        multistatus(
            collection(),
            member("/cal/same.ics", 'W/"1"'),
            member("/cal/changed.ics", '"2"'),
            member("/cal/created.ics", '"1"'),
        ),
    )
    faults.answers(
        "REPORT /cal/",
        multistatus(data("/cal/changed.ics", A, '"2"'), data("/cal/created.ics", B)),
    )
    cursor = by_etags(faults, "7", same='"1"', changed='"1"', deleted='"1"')
    reading = await changes(account, faults, cursor)
    assert not reading.complete
    assert reading.upserted.keys() == {"changed.ics", "created.ics"}
    assert reading.removed == {"deleted.ics"}
    assert reading.cursor == by_etags(faults, "8", same='"1"', changed='"2"', created='"1"')


async def test_without_any_mark_every_reading_lists(
    faults: FaultServer, account: CalDavAccount
) -> None:
    listing = multistatus(collection(), member("/cal/a.ics"))
    faults.answers("PROPFIND /cal/", multistatus(collection()), listing)
    faults.answers("REPORT /cal/", multistatus(data("/cal/a.ics", A)))
    first = await changes(account, faults)
    assert first.complete
    assert isinstance(await read(account, faults, first.cursor), Unchanged)


async def test_hrefs_may_name_another_host_of_the_server(
    faults: FaultServer, account: CalDavAccount
) -> None:
    elsewhere = "https://p42.dav.example:443"
    faults.answers(
        "PROPFIND /cal/",
        multistatus(collection(sync="t1")),
        multistatus(collection(f"{elsewhere}/cal/"), member(f"{elsewhere}/cal/a%40b.ics")),
    )
    faults.answers("REPORT /cal/", multistatus(data(f"{elsewhere}/cal/a@b.ics", A)))
    reading = await changes(account, faults)
    assert reading.upserted.keys() == {"a@b.ics"}
    assert b">/cal/a%40b.ics<" in faults.received[-1].body


async def test_members_too_big_for_one_answer_are_fetched_in_halves(faults: FaultServer) -> None:
    big = [event(str(number), summary="x" * 800) for number in range(2)]
    members = [f"/cal/{number}.ics" for number in range(2)]
    faults.answers(
        "PROPFIND /cal/",
        multistatus(collection(sync="t1")),
        multistatus(collection(), *map(member, members)),
    )
    answers = [data(href, content) for href, content in zip(members, big, strict=True)]
    faults.answers("REPORT /cal/", multistatus(*answers), *map(multistatus, answers))
    policy = EgressPolicy(allowed_private=frozenset({faults.authority}))
    http = GuardedHttp(policy, limits=HttpLimits(body_bytes=2000))
    account = CalDavAccount(http, faults.address("/cal/").reveal(), "anna", "s3cret")
    reading = await changes(account, faults)
    assert len(reading.upserted) == 2


async def test_wide_answers_stop_at_the_limit(
    faults: FaultServer, account: CalDavAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 100)
    faults.answers("/cal/", multistatus(*(member(f"/cal/{n}.ics") for n in range(50))))
    assert (await failure_of(account, faults)).kind is FailureKind.TOO_LARGE
