"""Who is whose parent, and who is only linked."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from entente_contracts import Envelope, envelope_for
from journal.lab.records import consumed, note_record
from journal.messages import Noted
from messaging.delivery import Arrival, Ignored, read
from messaging.telemetry import Processing, creating
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

pytestmark = pytest.mark.unit

TOPIC = "journal.notes.v1"

FinishedSpans = Callable[[], Sequence[ReadableSpan]]


def envelope() -> Envelope:
    noted = Noted(tenant_id="t", note_id=uuid4(), number=1)
    return envelope_for(noted, source="/journal", time=datetime.now(UTC))


def arriving(offset: int, *, age: timedelta = timedelta(0)) -> Arrival:
    """Return a delivery whose creating span has its offset as id."""
    value, headers = note_record(uuid4(), age=age)
    headers["traceparent"] = f"00-{offset:032x}-{offset:016x}-01".encode()
    record = consumed(value, list(headers.items()), offset=offset)
    arrival = read(record, accepted={Noted.type}, max_bytes=len(value))
    assert not isinstance(arrival, Ignored)
    return arrival


def processing() -> Processing:
    return Processing("reader", parent_max_age_seconds=3600)


def parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def linked(span: ReadableSpan) -> list[int]:
    return [link.context.span_id for link in span.links]


def own_id(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


def test_a_record_continues_the_trace_that_made_it(finished_spans: FinishedSpans) -> None:
    arrival = arriving(7)
    with (
        processing().of([arrival], attempt=1),
        creating(TOPIC, envelope(), arrival) as headers,
    ):
        pass
    create, process = finished_spans()
    assert (parent(process), linked(process)) == (7, [7])
    assert (parent(create), linked(create)) == (own_id(process), [])
    assert headers["traceparent"].split("-")[2] == f"{own_id(create):016x}"


def test_a_batch_is_a_root_and_what_it_makes_continues_each_cause(
    finished_spans: FinishedSpans,
) -> None:
    first, second = arriving(1), arriving(2)
    with (
        processing().of([first, second], attempt=1),
        creating(TOPIC, envelope(), second),
    ):
        pass
    create, process = finished_spans()
    assert (parent(process), linked(process)) == (None, [1, 2])
    assert (parent(create), linked(create)) == (2, [own_id(process)])


def test_an_old_record_starts_a_trace_of_its_own(finished_spans: FinishedSpans) -> None:
    arrival = arriving(7, age=timedelta(hours=2))
    with processing().of([arrival], attempt=1), creating(TOPIC, envelope(), arrival):
        pass
    create, process = finished_spans()
    assert (parent(process), linked(process)) == (None, [7])
    assert parent(create) == own_id(process)


def test_the_commit_belongs_to_the_last_record_before_it(finished_spans: FinishedSpans) -> None:
    spans = processing()
    for offset in (1, 2):
        with spans.of([arriving(offset)], attempt=1):
            pass
    for _ in range(2):
        with spans.committing(TOPIC):
            pass
    _, last, commit, commit_of_nothing = finished_spans()
    assert parent(commit) == own_id(last)
    assert parent(commit_of_nothing) is None


def test_a_failure_is_told_by_its_kind_alone(finished_spans: FinishedSpans) -> None:
    with (
        pytest.raises(ValueError, match="guest"),
        processing().of([arriving(1)], attempt=2),
    ):
        raise ValueError("guest@example.org")
    (process,) = finished_spans()
    assert (process.status.status_code, process.status.description) == (
        StatusCode.ERROR,
        "ValueError",
    )
    assert process.events == ()
    assert "guest" not in process.to_json()
