"""What operators see: one trace from a change to free/busy, and no secret anywhere."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from connector_lab.fault_server import reply
from entente import Entente
from entente_contracts import Topic
from journal.lab.eventually import eventually
from meetings import Meeting, monday
from messaging.topology import all_topics, installed
from platforms import SECRET, connect_link, link_account
from stack.spans import Span

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


async def everything_on(entente: Entente, topic: Topic) -> str:
    return "".join(
        f"{record.key}{record.value}{record.headers}"
        for record in await entente.wire.records(topic)
    )
