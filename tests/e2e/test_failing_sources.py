"""A source that fails keeps its last good picture, says why and how old it is, and never frees."""

from datetime import timedelta
from typing import Any

import pytest
from connector_lab.fault_server import Reply, reply
from entente import Entente
from journal.lab.eventually import eventually
from meetings import Meeting, icalendar_of, monday
from people import Host, instant, search
from platforms import connect_caldav, connect_link

pytestmark = pytest.mark.e2e

ZONE = "America/New_York"
BEGIN = monday(ZONE)
TALK = Meeting(uid="talk", start=monday(ZONE, hour=10))
LUNCH = Meeting(uid="lunch", start=monday(ZONE, hour=12, day=2))
WHOLE = icalendar_of([TALK])
PRIVATE = {"Location": "http://10.0.0.1/calendar.ics"}
OLD_IS_UNKNOWN = {"bound": 1, "policy": "block"}
OLD_IS_TRUSTED = {"bound": 1, "policy": "offer"}


async def nothing_reads_as_free(host: Host, calendar_id: str, source: Any) -> None:
    """Require the last good picture for those who trust it, and ignorance for those who do not."""
    end = BEGIN + timedelta(weeks=1)
    ((start, stop),) = TALK.spans
    talk = (start, stop, "busy")
    assert await host.busy(BEGIN, end, staleness=OLD_IS_TRUSTED) == [talk]

    await eventually(  # until the picture is older than the bound
        lambda: host.busy(BEGIN, end, staleness=OLD_IS_UNKNOWN),
        lambda told: told == [(BEGIN, start, "unknown"), talk, (stop, end, "unknown")],
    )
    answer = await search([host], BEGIN, end, explain=True, staleness=OLD_IS_UNKNOWN)
    assert answer["slots"] == []
    unread = {"reason": "SOURCE_UNAVAILABLE", "calendar_id": calendar_id, "as_of": source["as_of"]}
    free_before = [one for one in answer["refused"] if instant(one["start"]) not in (start, BEGIN)]
    assert free_before
    assert all(unread in one["reasons"] for one in free_before)

    later = await host.source(calendar_id)
    assert (later["as_of"], later["state"]) == (source["as_of"], "degraded")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(reply(b"<html>Log in</html>"), "not_a_calendar", id="page"),
        pytest.param(reply(b""), "invalid_answer", id="empty"),
        pytest.param(reply(WHOLE[: len(WHOLE) // 2]), "invalid_answer", id="cut"),
        pytest.param(
            reply(WHOLE[:-40], content_length=len(WHOLE)), "invalid_answer", id="broken-off"
        ),
        pytest.param(reply(status=304), "invalid_answer", id="unasked-304"),
        pytest.param(reply(status=410), "gone", id="gone"),
        pytest.param(reply(status=302, headers=PRIVATE), "address_refused", id="private-address"),
    ],
)
async def test_a_link_that_fails_frees_nothing_and_comes_back_by_itself(
    entente: Entente, fault: Reply, reason: str
) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web, TALK)
    await host.is_busy(TALK, begin=BEGIN)

    link.answer(fault)
    degraded = await host.source_becomes(link.id, lambda source: source["state"] == "degraded")
    assert degraded["reason"] == reason
    await nothing_reads_as_free(host, link.id, degraded)

    await link.hold(TALK, LUNCH)
    await host.is_busy(TALK, LUNCH, begin=BEGIN)
    restored = await host.source_becomes(link.id, lambda source: source["state"] == "fresh")
    assert restored["reason"] is None
    assert restored["as_of"] > degraded["as_of"]


async def test_a_caldav_server_that_is_down_frees_nothing_and_comes_back_by_itself(
    entente: Entente,
) -> None:
    host = await entente.host(ZONE)
    calendar = await connect_caldav(host, entente.radicale)
    await calendar.hold(TALK)
    await host.is_busy(TALK, begin=BEGIN)

    await entente.stack.radicale.stop()
    try:
        degraded = await host.source_becomes(
            calendar.id, lambda source: source["state"] == "degraded"
        )
        assert degraded["reason"] == "network"
        await nothing_reads_as_free(host, calendar.id, degraded)
    finally:
        await entente.stack.radicale.start()

    await calendar.hold(TALK, LUNCH)
    await host.is_busy(TALK, LUNCH, begin=BEGIN)
    await host.source_becomes(calendar.id, lambda source: source["state"] == "fresh")


async def test_a_link_that_says_nothing_is_new_is_as_fresh_as_its_word(entente: Entente) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web, TALK)
    await host.is_busy(TALK, begin=BEGIN)

    link.answer(reply(icalendar_of([LUNCH]), headers={"ETag": '"2"'}), reply(status=304))
    await host.is_busy(LUNCH, begin=BEGIN)
    first = await host.source(link.id)
    later = await host.source_becomes(link.id, lambda source: source["as_of"] > first["as_of"])

    assert later["state"] == "fresh"
    await host.is_busy(LUNCH, begin=BEGIN)
