"""Entries on real CalDAV servers: written once, changed and removed only as they were found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from connector.adapters.caldav.entry_object import name_of, read_tag, write_object
from connector.adapters.caldav.source import CalDavAccount
from connector.adapters.http.client import GuardedHttp
from connector.adapters.http.egress import EgressPolicy
from connector.domain.entry_draft import EntryDraft, EntryStatus, Person
from connector.domain.entry_writing import ChangedMeanwhileError, EntryRef, EntryRejectedError
from connector.domain.source import FailureKind, SourceFailure
from connector_lab.dav_server import DavServer, TestCalendar
from connector_lab.fault_server import FaultServer, reply
from icalendar import Calendar

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
BOOKING = UUID(int=7)


def draft(uid: str = "a1@entente.example", revision: int = 1) -> EntryDraft:
    return EntryDraft(
        booking_id=BOOKING,
        revision=revision,
        uid=uid,
        sequence=0,
        status=EntryStatus.CONFIRMED,
        start=START,
        end=START + timedelta(hours=1),
        timezone="Europe/Paris",
        summary="Réunion; with, commas",
        description="Line one\nline two",
        location="Room 1",
        organizer=Person(name="Anna", address="anna@example.com"),
        attendees=(Person(name="Gül Öz", address="guest@example.org"),),
        reminders=(15,),
    )


def account(server: DavServer) -> CalDavAccount:
    policy = EgressPolicy(allowed_private=frozenset({server.authority}))
    return CalDavAccount(GuardedHttp(policy), server.url, server.username, server.password)


def new() -> str:
    return f"{uuid4()}@entente.example"


async def stored(calendar: TestCalendar, name: str) -> str:
    auth = (calendar.server.username, calendar.server.password)
    async with httpx.AsyncClient(auth=auth, verify=False) as client:  # noqa: S501 - plain http
        answer = await client.get(calendar.remote_id + name)
    return answer.raise_for_status().text


@pytest.mark.unit
def test_an_entry_names_who_takes_part_and_tells_the_server_to_mail_nobody() -> None:
    content = write_object(draft(), sequence=3, now=START)
    parsed: Any = Calendar.from_ical(content)
    (event,) = parsed.walk("VEVENT")
    assert str(event["ORGANIZER"]) == "mailto:anna@example.com"
    assert event["ORGANIZER"].params["SCHEDULE-AGENT"] == "CLIENT"
    assert event["ATTENDEE"].params["SCHEDULE-AGENT"] == "CLIENT"
    assert event["ATTENDEE"].params["CN"] == "Gül Öz"
    assert (event["SEQUENCE"], event["STATUS"]) == (3, "CONFIRMED")
    assert event["DTSTART"].dt == START
    assert str(event["SUMMARY"]) == "Réunion; with, commas"
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(minutes=-15)]
    tag = read_tag(content)
    assert tag is not None
    assert (tag.uid, tag.booking_id, tag.revision, tag.sequence) == (draft().uid, BOOKING, 1, 3)


@pytest.mark.unit
def test_a_tentative_entry_says_so() -> None:
    content = write_object(replace(draft(), status=EntryStatus.TENTATIVE), sequence=0, now=START)
    assert b"STATUS:TENTATIVE" in content


@pytest.mark.unit
def test_what_people_wrote_cannot_break_the_entry() -> None:
    odd = 'A "b"\r\nATTENDEE:mailto:x@example.com\x00\ttail'
    person = Person(name=odd, address="anna@example.com")
    hostile = replace(draft(), summary=odd, description=odd, organizer=person, attendees=(person,))
    content = write_object(hostile, sequence=0, now=START)
    parsed: Any = Calendar.from_ical(content)
    (event,) = parsed.walk("VEVENT")
    assert str(event["SUMMARY"]).startswith('A "b"\nATTENDEE')
    assert str(event["ATTENDEE"]) == "mailto:anna@example.com"
    assert b"\x00" not in content


@pytest.mark.unit
def test_the_name_follows_from_the_uid_and_is_safe_in_a_path() -> None:
    assert name_of("a-1@entente.example") == "a-1@entente.example.ics"
    for odd in ("a/../b", "", ".hidden", "x" * 300, "späß"):
        name = name_of(odd)
        assert name == name_of(odd)
        assert len(name) == 68
    assert read_tag(b"<html>") is None


@pytest.mark.integration
async def test_an_entry_is_written_changed_and_removed(dav_server: DavServer) -> None:
    calendar, there, uid = await dav_server.make_calendar(), account(dav_server), new()
    ref = EntryRef(uid=uid)
    assert await there.find(calendar.remote_id, ref, thorough=True) is None

    written = await there.write(calendar.remote_id, draft(uid), None)
    standing = await there.find(calendar.remote_id, ref)
    assert standing is not None
    assert (standing.name, standing.revision, standing.booking_id) == (written.name, 1, BOOKING)
    assert "SCHEDULE-AGENT=CLIENT" in await stored(calendar, written.name)

    later = START + timedelta(days=1)
    moved = replace(draft(uid, 2), sequence=1, start=later, end=later + timedelta(hours=1))
    await there.write(calendar.remote_id, moved, standing)
    assert "20260302T090000Z" in await stored(calendar, written.name)

    with pytest.raises(ChangedMeanwhileError):
        await there.write(calendar.remote_id, draft(uid, 3), standing)
    with pytest.raises(ChangedMeanwhileError):
        await there.remove(calendar.remote_id, standing)
    current = await there.find(calendar.remote_id, ref)
    assert current is not None
    assert (current.revision, current.sequence) == (2, 1)
    await there.remove(calendar.remote_id, current)
    assert await there.find(calendar.remote_id, ref, thorough=True) is None
    await there.remove(calendar.remote_id, replace(current, version=None))


@pytest.mark.integration
async def test_an_entry_is_never_created_twice(dav_server: DavServer) -> None:
    calendar, there, uid = await dav_server.make_calendar(), account(dav_server), new()
    await there.write(calendar.remote_id, draft(uid), None)
    with pytest.raises(ChangedMeanwhileError):
        await there.write(calendar.remote_id, draft(uid), None)


@pytest.mark.integration
async def test_an_entry_that_an_app_stored_elsewhere_is_found_by_its_uid(
    dav_server: DavServer,
) -> None:
    calendar, there, uid = await dav_server.make_calendar(), account(dav_server), new()
    content = write_object(draft(uid), sequence=0, now=START)
    await dav_server.request("PUT", f"{calendar.path}restored.ics", content)
    await calendar.put("other.ics")

    with pytest.raises(ChangedMeanwhileError):
        await there.write(calendar.remote_id, draft(uid, 2), None)
    ref = EntryRef(uid=uid)
    assert await there.find(calendar.remote_id, ref) is None
    standing = await there.find(calendar.remote_id, ref, thorough=True)
    assert standing is not None
    assert standing.name == "restored.ics"
    await there.write(calendar.remote_id, draft(uid, 2), standing)
    found = await there.find(calendar.remote_id, EntryRef(uid=uid, name="restored.ics"))
    assert found is not None
    assert found.revision == 2


@pytest.mark.integration
async def test_a_calendar_that_is_gone_says_so(dav_server: DavServer) -> None:
    there = account(dav_server)
    nowhere = f"{dav_server.url}{dav_server.home}{uuid4().hex}/"
    with pytest.raises(SourceFailure) as failure:
        await there.find(nowhere, EntryRef(uid="a"))
    assert failure.value.kind is FailureKind.GONE


@pytest.mark.unit
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FailureKind.AUTHENTICATION),
        (403, FailureKind.PERMISSION),
        (404, FailureKind.GONE),
        (423, FailureKind.NETWORK),
        (429, FailureKind.THROTTLED),
        (500, FailureKind.NETWORK),
        (507, FailureKind.NETWORK),
    ],
)
async def test_a_refused_write_says_why(
    faults: FaultServer, http: GuardedHttp, status: int, kind: FailureKind
) -> None:
    there = CalDavAccount(http, f"http://{faults.authority}/", "anna", "pw")
    faults.answers("PUT /cal/a1@entente.example.ics", reply(status=status))
    with pytest.raises(SourceFailure) as failure:
        await there.write(f"http://{faults.authority}/cal/", draft(), None)
    assert failure.value.kind is kind
    (received,) = faults.received
    assert received.headers["if-none-match"] == "*"


@pytest.mark.unit
@pytest.mark.parametrize("status", [400, 405, 413, 415])
async def test_an_entry_the_server_cannot_take_is_rejected(
    faults: FaultServer, http: GuardedHttp, status: int
) -> None:
    there = CalDavAccount(http, f"http://{faults.authority}/", "anna", "pw")
    faults.answers("PUT /cal/a1@entente.example.ics", reply(status=status))
    with pytest.raises(EntryRejectedError):
        await there.write(f"http://{faults.authority}/cal/", draft(), None)


@pytest.mark.unit
async def test_an_entry_of_another_uid_under_our_name_is_left_alone(
    faults: FaultServer, http: GuardedHttp
) -> None:
    there = CalDavAccount(http, f"http://{faults.authority}/", "anna", "pw")
    other = write_object(draft("other@example.com"), sequence=0, now=START)
    faults.answers("GET /cal/a1@entente.example.ics", reply(other))
    with pytest.raises(SourceFailure) as failure:
        await there.find(f"http://{faults.authority}/cal/", EntryRef(uid=draft().uid))
    assert failure.value.kind is FailureKind.INVALID_ANSWER
