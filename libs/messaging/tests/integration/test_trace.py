"""One request is one trace through outbox, Kafka and every consumer; and it tells no secrets."""

import asyncio
from uuid import uuid4

import pytest
from journal.lab.fleet import Fleet
from journal.lab.records import note_record
from journal.lab.wire import header
from stack.spans import Span, named

pytestmark = pytest.mark.integration

CANARY = "canary.guest@example.org"

ATTRIBUTES = {
    "cloudevents.event_type",
    "entente.delivery.attempt",
    "entente.event.age",
    "entente.inbox.duplicates",
    "entente.outbox.oldest_age",
    "entente.tenant_id",
    "error.type",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "messaging.batch.message_count",
    "messaging.consumer.group.name",
    "messaging.destination.name",
    "messaging.destination.partition.id",
    "messaging.kafka.message.key",
    "messaging.kafka.offset",
    "messaging.message.id",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.system",
    "network.protocol.version",
    "server.address",
    "server.port",
    "url.path",
    "url.scheme",
}


async def test_a_request_is_one_trace_through_two_consumers(fleet: Fleet) -> None:
    writer, *_ = await asyncio.gather(
        fleet.start("writer"),
        fleet.start("copier", group="copier", forward=True),
        fleet.start("reader", group="reader", source="copies"),
    )
    assert (await writer.put_note(uuid4())).status_code == 200
    await fleet.settle("copier")
    await fleet.settle("reader", "copies")
    (record,) = await fleet.wire.records(fleet.notes)
    assert record.key is not None
    await fleet.wire.produce(fleet.notes, record.value, key=record.key, headers=record.headers)
    await fleet.settle("copier")
    await fleet.stop()

    spans = fleet.spans()
    (request,) = named(spans, "PUT /notes/{note_id}")
    noted, copied = fleet.notes.name, fleet.copies.name
    (create,) = named(spans, f"create {noted}")
    (send,) = named(spans, f"send {noted}")
    process, again = by_duplicates(named(spans, f"process {noted}"))
    (create_next,) = named(spans, f"create {copied}")
    (send_next,) = named(spans, f"send {copied}")
    (process_next,) = named(spans, f"process {copied}")

    assert (request.kind, request.parent_id) == ("SERVER", None)
    assert request.attributes["http.route"] == "/notes/{note_id}"
    assert (create.kind, create.parent_id) == ("PRODUCER", request.span_id)
    assert (process.kind, process.parent_id) == ("CONSUMER", create.span_id)
    assert process.links == (create.span_id,)
    assert (create_next.kind, create_next.parent_id) == ("PRODUCER", process.span_id)
    assert process_next.parent_id == create_next.span_id
    assert process_next.links == (create_next.span_id,)
    assert again.attributes["entente.inbox.duplicates"] == 1
    assert (again.parent_id, again.links) == (create.span_id, (create.span_id,))
    for sent, made in ((send, create), (send_next, create_next)):
        assert (sent.kind, sent.parent_id, sent.links) == ("CLIENT", None, (made.span_id,))
        assert sent.trace_id != request.trace_id
    assert [s.parent_id for s in named(spans, f"commit {noted}")] == [
        process.span_id,
        again.span_id,
    ]
    assert [s.parent_id for s in named(spans, f"commit {copied}")] == [process_next.span_id]
    in_one_trace = [create, process, again, create_next, process_next]
    assert {span.trace_id for span in in_one_trace} == {request.trace_id}
    traceparent = str(header(record, "traceparent")).split("-")
    assert traceparent[1:3] == [create.trace_id, create.span_id]
    assert unknown_attributes(spans) == set()


async def test_no_log_and_no_span_quotes_what_people_wrote(fleet: Fleet) -> None:
    journal = await fleet.start(group="reader")
    valid, duplicate = uuid4(), uuid4()
    await journal.put_note(valid, f"write to {CANARY}", email=CANARY)
    await journal.put_note(uuid4(), f"broken {CANARY}")
    await journal.put_note(duplicate, f"unique {CANARY}")
    await journal.put_note(duplicate, f"unique {CANARY}")
    assert (await journal.put_nonsense(CANARY)).status_code == 500
    _, headers = note_record(uuid4())
    body = f'{{"number": "{CANARY}", "{CANARY}": 1'.encode()
    for value in (body, body + b"}"):
        await fleet.wire.produce(
            fleet.notes, value, key=b"k", headers=[*headers.items(), ("x-from", CANARY.encode())]
        )
    await fleet.wire.produce(
        fleet.notes, body, key=b"k", headers=[*headers.items(), ("ce_id", CANARY.encode())]
    )
    await fleet.settle("reader")
    letters = await fleet.dead_letters("reader")
    await fleet.stop()

    assert await fleet.ledger.copies("reader") == {valid: [1], duplicate: [1]}
    assert len(letters) == 5
    explanations = [
        value.decode() for r in letters for name, value in r.headers if name.startswith("x-dead-")
    ]
    assert fleet.logs().count('"dead letter"') == 5
    assert CANARY not in "".join(explanations)
    assert CANARY not in fleet.logs()
    spans = fleet.spans()
    assert named(spans, "PUT /notes/{note_id}")
    assert CANARY not in "".join(span.raw for span in spans)
    assert unknown_attributes(spans) == set()


def by_duplicates(processes: list[Span]) -> list[Span]:
    """Order attempts: those that applied something first."""
    return sorted(processes, key=lambda span: span.attributes["entente.inbox.duplicates"])


def unknown_attributes(spans: list[Span]) -> set[str]:
    return {name for span in spans for name in span.attributes} - ATTRIBUTES
