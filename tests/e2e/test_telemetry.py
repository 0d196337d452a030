"""What operators see: one trace from a change to free/busy, and no secret anywhere."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from bookable import Booking, bookable, new_guest
from connector_lab.fault_server import reply
from entente import Entente
from entente_contracts import Topic
from journal.lab.eventually import eventually
from meetings import Meeting, monday
from messaging.topology import all_topics, installed
from platforms import SECRET, connect_caldav, connect_link, link_account
from stack.smoke.guest import Guest
from stack.spans import Span
from stack.trace import traces_of

pytestmark = pytest.mark.e2e

ZONE = "Europe/Paris"
BEGIN = monday(ZONE)
TALK = Meeting(uid="talk", start=monday(ZONE, hour=10))


def causes(span: Span, spans: Mapping[str, Span]) -> Iterator[Span]:
    """Return what led to a span, nearest first."""
    cause = spans.get(span.parent_id or "")
    while cause:
        yield cause
        cause = spans.get(cause.parent_id or "")


async def test_a_change_and_its_projection_are_one_trace(entente: Entente) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web)
    await host.is_busy(begin=BEGIN)
    earlier = {span.span_id for span in entente.spans()}
    await link.hold(TALK)
    await host.is_busy(TALK, begin=BEGIN)

    async def projected() -> list[list[Span]]:
        spans = entente.spans()
        by_id = {span.span_id: span for span in spans}
        paths = [
            [span, *causes(span, by_id)]
            for span in spans
            if span.name == "process calendar.busy.v1" and span.span_id not in earlier
        ]
        return [
            path
            for path in paths
            if path[-1].name == "sync calendar"
            and path[-1].attributes["entente.calendar_id"] == link.id
        ]

    paths = await eventually(projected, bool)

    for process, create, sync in paths:
        assert [span.name for span in (create, sync)] == [
            "create calendar.busy.v1",
            "sync calendar",
        ]
        assert {process.trace_id, create.trace_id, sync.trace_id} == {sync.trace_id}
        assert (process.kind, create.kind) == ("CONSUMER", "PRODUCER")


async def test_the_secret_of_a_link_is_seen_nowhere(entente: Entente) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web, TALK)
    await host.is_busy(TALK, begin=BEGIN)
    now = datetime.now(UTC).isoformat()
    later = (datetime.now(UTC) + timedelta(days=14)).isoformat()
    (connection,) = (await host.tell("GET", f"/v1/hosts/{host.id}/connections")).json()
    for method, path in (
        ("GET", f"/v1/hosts/{host.id}/calendar-settings"),
        ("POST", f"/v1/connections/{connection['id']}/test"),
        ("POST", f"/v1/calendars/{link.id}/sync"),
        ("GET", f"/v1/calendars/{link.id}/broken-events"),
        ("GET", f"/v1/calendars/{link.id}/events?from={now}&to={later}".replace("+", "%2B")),
    ):
        await host.tell(method, path)
    account = link_account(entente.web, link.target)
    again = await host.owner.tell("POST", f"/v1/hosts/{host.id}/connections", account)
    assert again.json()["code"] == "already_connected"
    for fault in (
        reply(f"<html>{SECRET}</html>".encode()),
        reply(status=302, headers={"Location": f"http://10.0.0.1/{SECRET}"}),
        reply(status=410, headers={"X-Echo": SECRET}),
    ):
        link.answer(fault)
        await host.tell("POST", f"/v1/connections/{connection['id']}/test")
        await host.tell("POST", f"/v1/calendars/{link.id}/sync")
    await host.source_becomes(link.id, lambda source: source["state"] == "degraded")

    seen = {
        "answers": "".join(entente.answers),
        "spans": "".join(span.raw for span in entente.spans()),
        **{log.name: log.read_text() for log in entente.stack.workspace.logs.iterdir()},
        **{topic.name: await everything_on(entente, topic) for topic in all_topics(installed())},
    }
    for must in ("answers", "spans", "connector.log", "calendar.busy.v1", "calendar.events.v1"):
        assert seen[must], must
    assert [where for where, text in seen.items() if SECRET in text] == []


async def test_a_booking_is_one_trace_and_its_links_are_in_the_mails_alone(
    entente: Entente,
) -> None:
    offered = await bookable(entente, lambda host: connect_caldav(host, entente.radicale), ZONE)
    (host,) = offered.hosts
    page = f"/m/{offered.slug}/book"
    start = f"{BEGIN + timedelta(hours=10):%Y-%m-%dT%H:%M%z}"
    async with Guest(entente.stack.services["booking"].url) as guest:
        form = await guest.open(f"{page}?{urlencode({'start': start})}")
        address = new_guest()
        shown = await guest.send(form, {"name": "Gus", "address": address})
    booking = Booking(entente, shown.address.split("/b/")[1].split("/")[0], address)
    await booking.becomes("confirmed", entry="written")
    mails = await eventually(
        lambda: booking.mails(host.address), lambda mails: len(mails) == len([host, guest])
    )

    async def trace() -> list[Span]:
        found = traces_of(booking.id, entente.stack.workspace.spans)
        from_click = [one for one in found if one[0].name == "POST /m/{slug}/book"]
        return from_click[0] if from_click else []

    spans = await eventually(
        trace, lambda spans: sum(span.name == "smtp send" for span in spans) == len(mails)
    )
    roots = [span for span in spans if span.parent_id is None]
    assert [root.name for root in roots] == ["POST /m/{slug}/book"]
    assert {"booking", "connector", "notifier", "availability"} == {span.service for span in spans}
    known = {span.span_id for span in spans}
    assert [span.name for span in spans if span.parent_id and span.parent_id not in known] == []

    secrets = [mail.path.rpartition("/")[2] for mail in mails]
    seen = {
        "spans": "".join(span.raw for span in entente.spans()),
        **{
            log.name: log.read_text(errors="replace")
            for log in entente.stack.workspace.logs.iterdir()
        },
        **{topic.name: await everything_on(entente, topic) for topic in all_topics(installed())},
    }
    for secret in secrets:
        assert [where for where, text in seen.items() if secret in text] == []


async def everything_on(entente: Entente, topic: Topic) -> str:
    return "".join(
        f"{record.key}{record.value}{record.headers}"
        for record in await entente.wire.records(topic)
    )
