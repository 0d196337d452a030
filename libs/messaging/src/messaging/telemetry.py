"""Spans and metrics of messaging, after OpenTelemetry's messaging conventions (semconv 1.44).

    request ── create (PRODUCER)                      stored in the outbox row, never replaced
                  ├┄link┄ send (CLIENT, relay, one per batch)
                  └── process (CONSUMER, parent and link) ── create ── …
                          └── commit (CLIENT, under the last one that it covers)

No message content and no address is ever an attribute.
"""

import contextlib
import time
from collections.abc import Generator, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice

from entente_contracts import Envelope
from opentelemetry import context as otel_context
from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

from messaging import propagation
from messaging.clients import RecordHeaders
from messaging.delivery import Arrival
from messaging.logs import type_name

_tracer = trace.get_tracer("entente.messaging")
_MOST_LINKS = 128  # OpenTelemetry's default limit: a span would drop the others
_IN_BATCH = otel_context.create_key("entente-batch")
_meter = metrics.get_meter("entente.messaging")

process_duration = _meter.create_histogram(
    "messaging.process.duration", unit="s", description="Handling of one record or batch"
)
sent_messages = _meter.create_counter(
    "messaging.client.sent.messages", unit="{message}", description="Records acknowledged by Kafka"
)
consumed_messages = _meter.create_counter(
    "messaging.client.consumed.messages",
    unit="{message}",
    description="Records handled, by outcome",
)
dead_letters = _meter.create_counter(
    "entente.dead_letters", unit="{message}", description="Records moved to a dead-letter topic"
)


@contextlib.contextmanager
def creating(topic: str, envelope: Envelope, cause: Arrival | None) -> Generator[dict[str, str]]:
    """Span around the making of an event; yields the headers that carry its context.

    Its parent is the current span; within a batch, which belongs to no one's trace, it is the
    span that created `cause` (the record which led to the event), and the batch is linked.
    """
    in_batch = otel_context.get_value(_IN_BATCH) is not None
    parent = cause.context if cause is not None and in_batch else None
    span = _tracer.start_span(
        f"create {topic}",
        context=parent,
        kind=SpanKind.PRODUCER,
        links=propagation.link_to(otel_context.get_current()) if parent is not None else [],
        attributes={
            "messaging.system": "kafka",
            "messaging.operation.name": "create",
            "messaging.operation.type": "create",
            "messaging.destination.name": topic,
            "messaging.message.id": str(envelope.id),
            "cloudevents.event_type": envelope.type,
            "entente.tenant_id": envelope.tenant_id,
        },
    )
    try:
        yield propagation.inject(trace.set_span_in_context(span, Context()))
    except BaseException as error:
        failed(span, error)
        raise
    finally:
        span.end()


@contextlib.contextmanager
def sending(topic: str, headers: Sequence[RecordHeaders], oldest_seconds: float) -> Generator[Span]:
    """Span around the publication of records, a trace of its own; `headers` are each record's.

    Links lead to the spans that created the records.
    """
    with _tracer.start_as_current_span(
        f"send {topic}",
        context=Context(),
        kind=SpanKind.CLIENT,
        links=_links(propagation.extract(of_record) for of_record in headers),
        attributes={
            "messaging.system": "kafka",
            "messaging.operation.name": "send",
            "messaging.operation.type": "send",
            "messaging.destination.name": topic,
            "messaging.batch.message_count": len(headers),
            "entente.outbox.oldest_age": oldest_seconds,
        },
        record_exception=False,
    ) as span:
        yield span


class Processing:
    """Spans and measurements around the handling of records by one consumer group."""

    def __init__(self, group: str, parent_max_age_seconds: float) -> None:
        self._group = group
        self._parent_max_age = parent_max_age_seconds
        self._uncommitted = Context()

    @contextlib.contextmanager
    def of(self, arrivals: Sequence[Arrival], *, attempt: int) -> Generator[Span]:
        """Span around one attempt: child of the creating span for one young record, else a root.

        Links lead to the creating spans of the records. The span ends as failed when the block
        raises; the exception's text, which may quote the record, is not recorded.
        """
        topic = arrivals[0].position.topic
        started = time.perf_counter()
        failure: str | None = None
        with _tracer.start_as_current_span(
            f"process {topic}",
            context=self._parent(arrivals),
            kind=SpanKind.CONSUMER,
            links=_links(arrival.context for arrival in arrivals),
            attributes=self._attributes(arrivals, attempt),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            self._uncommitted = trace.set_span_in_context(span, Context())
            try:
                with _batch() if len(arrivals) > 1 else contextlib.nullcontext():
                    yield span
            except BaseException as error:
                failure = type_name(error)
                failed(span, error)
                raise
            finally:
                labels = {
                    "messaging.system": "kafka",
                    "messaging.operation.name": "process",
                    "messaging.destination.name": topic,
                    "messaging.consumer.group.name": self._group,
                    **({"error.type": failure} if failure else {}),
                }
                process_duration.record(time.perf_counter() - started, labels)

    @contextlib.contextmanager
    def committing(self, topic: str) -> Generator[None]:
        """Span around the commit of the group's offsets, child of the last `process` before it."""
        last, self._uncommitted = self._uncommitted, Context()
        with _tracer.start_as_current_span(
            f"commit {topic}",
            context=last,
            kind=SpanKind.CLIENT,
            attributes={
                "messaging.system": "kafka",
                "messaging.operation.name": "commit",
                "messaging.operation.type": "settle",
                "messaging.destination.name": topic,
                "messaging.consumer.group.name": self._group,
            },
            record_exception=False,
        ):
            yield

    def count(self, topic: str, outcome: str, number: int = 1) -> None:
        """Count handled records: applied, duplicate, ignored or dead_letter."""
        if number:
            consumed_messages.add(
                number,
                {
                    "messaging.system": "kafka",
                    "messaging.destination.name": topic,
                    "messaging.consumer.group.name": self._group,
                    "entente.outcome": outcome,
                },
            )

    def _parent(self, arrivals: Sequence[Arrival]) -> Context:
        if len(arrivals) != 1 or arrivals[0].envelope is None:
            return Context()
        young = age_seconds(arrivals[0].envelope) <= self._parent_max_age
        return arrivals[0].context if young else Context()

    def _attributes(
        self, arrivals: Sequence[Arrival], attempt: int
    ) -> dict[str, str | int | float]:
        first = arrivals[0]
        attributes: dict[str, str | int | float] = {
            "messaging.system": "kafka",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": first.position.topic,
            "messaging.consumer.group.name": self._group,
            "entente.delivery.attempt": attempt,
        }
        if len(arrivals) > 1:
            return attributes | {"messaging.batch.message_count": len(arrivals)}
        attributes |= {
            "messaging.destination.partition.id": str(first.position.partition),
            "messaging.kafka.offset": first.position.offset,
            "messaging.kafka.message.key": first.key,
        }
        if first.envelope is not None:
            attributes |= {
                "messaging.message.id": str(first.envelope.id),
                "cloudevents.event_type": first.envelope.type,
                "entente.tenant_id": first.envelope.tenant_id,
                "entente.event.age": age_seconds(first.envelope),
            }
        return attributes


def _links(contexts: Iterable[Context]) -> list[Link]:
    return [
        link for context in islice(contexts, _MOST_LINKS) for link in propagation.link_to(context)
    ]


def _batch() -> contextlib.AbstractContextManager[None]:
    """Make it known within the block that the current span is that of many records."""
    return propagation.attached(otel_context.set_value(_IN_BATCH, True))  # noqa: FBT003  # a marker


def failed(span: Span, error: BaseException) -> None:
    """Mark the span as failed by the kind of error alone."""
    span.set_status(Status(StatusCode.ERROR, type_name(error)))
    span.set_attribute("error.type", type_name(error))


def age_seconds(envelope: Envelope) -> float:
    """Return how long ago the event happened; never negative."""
    return max(0.0, (datetime.now(UTC) - envelope.time).total_seconds())
