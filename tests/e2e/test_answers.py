"""What free/busy, slots, explanations and overlaps say of several calendars, hosts and tenants."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any

import pytest
from entente import Entente
from entente_contracts import (
    CalendarChanged,
    CalendarChecked,
    Envelope,
    Overlap,
    OverlapDetected,
    decode,
    topics,
)
from journal.lab.eventually import eventually
from journal.lab.wire import header
from meetings import Meeting, monday
from people import Host, search, slots
from platforms import connect_caldav, connect_in_house, connect_link

pytestmark = pytest.mark.e2e

ZONE = "Europe/London"
BEGIN = monday(ZONE)
TALK = Meeting(uid="talk", start=monday(ZONE, hour=10))
LUNCH = Meeting(uid="lunch", start=monday(ZONE, hour=12))
_DAY = timedelta(days=1)


async def test_a_calendar_blocks_while_it_is_switched_on(entente: Entente) -> None:
    host = await entente.host(ZONE)
    work = await connect_link(host, entente.web, TALK)
    private = await connect_caldav(host, entente.radicale)
    await private.hold(LUNCH)
    await host.is_busy(TALK, LUNCH, begin=BEGIN)

    await host.switch(private.id, blocks=False)
    await host.is_busy(TALK, begin=BEGIN)
    assert await host.source(private.id) is None

    await host.switch(private.id, blocks=True)
    await host.is_busy(TALK, LUNCH, begin=BEGIN)
    shown = (await host.tell("GET", f"/v1/hosts/{host.id}/connections")).json()
    assert [c["id"] for one in shown for c in one["calendars"]] == [work.id, private.id]


async def test_another_tenant_sees_nothing(entente: Entente) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web, TALK)
    await host.is_busy(TALK, begin=BEGIN)
    stranger = await entente.host(ZONE)
    as_stranger = Host(host.id, stranger.tenant, ZONE, stranger.owner)

    told = await as_stranger.free_busy(BEGIN, BEGIN + _DAY)
    assert (told.keys(), told["problem"]["code"]) == ({"host_id", "problem"}, "host_not_found")
    found = await search([as_stranger], BEGIN, BEGIN + _DAY, explain=True)
    assert (found["slots"], found["refused"]) == ([], [])
    for path in (f"/v1/hosts/{host.id}/connections", f"/v1/calendars/{link.id}/broken-events"):
        assert (await stranger.owner.tell("GET", path)).status_code == 404


async def test_a_start_is_offered_or_its_refusal_names_the_calendar(entente: Entente) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web, TALK)
    await host.is_busy(TALK, begin=BEGIN)

    found = await search([host], BEGIN, BEGIN + _DAY, explain=True)

    day = [utc(monday(ZONE, hour=hour)) for hour in range(9, 17)]
    refused = {one["start"]: one["reasons"] for one in found["refused"]}
    within_hours = {start: refused[start] for start in day if start in refused}
    assert [slot["start"] for slot in found["slots"]] == [day[0], *day[2:]]
    ((start, (reason,)),) = within_hours.items()
    assert start == day[1]
    assert (reason["reason"], reason["calendar_id"]) == ("BUSY_EXTERNAL", link.id)
    assert reason["occurrence_id"]
    assert reason["as_of"]


async def test_hosts_on_three_platforms_find_exactly_the_time_they_share(entente: Entente) -> None:
    ada = await entente.host("Europe/Paris")  # nine to five is eight to four in London
    grace = await entente.host(ZONE, tenant=ada.tenant)
    linus = await entente.host("Europe/Helsinki", tenant=ada.tenant)  # seven to three in London
    adas = await connect_caldav(ada, entente.radicale)
    graces = await connect_in_house(grace)
    meetings = [
        Meeting(uid="ada", start=monday(ZONE, hour=9, minute=30)),
        Meeting(uid="grace", start=monday(ZONE, hour=13), minutes=30),
        Meeting(uid="linus", start=monday(ZONE, hour=11)),
    ]
    await adas.hold(meetings[0])
    await graces.hold(meetings[1])
    await connect_link(linus, entente.web, meetings[2])
    for host, meeting in zip((ada, grace, linus), meetings, strict=True):
        await host.is_busy(meeting, begin=BEGIN)

    found = await slots([ada, grace, linus], BEGIN, BEGIN + _DAY, minutes=30, anchor={"zone": ZONE})

    half_hours = [(9, 0), (10, 30), (12, 0), (12, 30), (13, 30), (14, 0), (14, 30)]
    assert found == [
        monday(ZONE, hour=hour, minute=minute).astimezone(UTC) for hour, minute in half_hours
    ]


async def test_a_clash_is_an_overlap_and_a_mirrored_meeting_is_none(entente: Entente) -> None:
    host = await entente.host(ZONE)
    clash = Meeting(uid="clash", start=monday(ZONE, hour=12, minute=30))
    work = await connect_link(host, entente.web, TALK, LUNCH)
    private = await connect_caldav(host, entente.xandikos)
    await private.hold(TALK, clash)

    (overlap,) = await eventually(lambda: overlaps_of(entente, host), bool)

    assert (overlap.start, overlap.end) == (clash.spans[0][0], LUNCH.spans[0][1])
    assert {str(part.calendar_id) for part in overlap.parts} == {work.id, private.id}

    await private.hold(TALK)
    await eventually(lambda: overlaps_of(entente, host), lambda told: told == ())


async def test_looking_changes_nothing(entente: Entente) -> None:
    host = await entente.host(ZONE)
    shifts = await connect_in_house(host)
    for held in ([TALK], [TALK, LUNCH]):  # the second comes through behind all of the first
        await shifts.hold(*held)
        await host.is_busy(*held, begin=BEGIN)
    day = {"from": utc(BEGIN), "to": utc(BEGIN + _DAY)}
    looks = [
        f"/v1/hosts/{host.id}/connections",
        f"/v1/hosts/{host.id}/calendar-settings",
        f"/v1/calendars/{shifts.id}/broken-events",
        f"/v1/calendars/{shifts.id}/events?from={day['from']}&to={day['to']}",
    ]
    first = [(await host.tell("GET", path)).json() for path in looks]
    said = await said_of(entente, shifts.id)

    for _ in range(10):
        assert [(await host.tell("GET", path)).json() for path in looks] == first

    await shifts.hold(TALK)  # comes through behind whatever looking would have said
    await host.is_busy(TALK, begin=BEGIN)
    later = await said_of(entente, shifts.id)
    news = [kind for record, kind in later.items() if record not in said]
    assert said.keys() < later.keys()
    assert news.count(CalendarChanged.type) == 1
    assert set(news) <= {CalendarChanged.type, CalendarChecked.type}


async def said_of(entente: Entente, calendar_id: str) -> Mapping[str | None, str | None]:
    """Return the types of what was published about a calendar, by their ids."""
    return {
        header(record, "ce_id"): header(record, "ce_type")
        for topic in (topics.CALENDAR_EVENTS, topics.CALENDAR_BUSY)
        for record in await entente.wire.records(topic)
        if header(record, "ce_subject") == calendar_id
    }


async def overlaps_of(entente: Entente, host: Host) -> tuple[Overlap, ...]:
    """Return the overlaps of a host that were announced last."""
    latest = None
    for record in await entente.wire.records(OverlapDetected.topic):
        if record.key == OverlapDetected.key_for(host.id).encode() and record.value is not None:
            latest = decode(Envelope.from_headers(record.headers).type, record.value)
    return latest.overlaps if isinstance(latest, OverlapDetected) else ()


def utc(moment: Any) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
