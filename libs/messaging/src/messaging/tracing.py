"""Sets up OpenTelemetry for a process: where spans and metrics go.

Exporters are imported where they are wanted: a third of a service's start would go into them.
"""

# ruff: noqa: PLC0415 - see the module's docstring
import contextlib
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanContext, format_span_id, format_trace_id
from pydantic_core import to_json

from messaging.settings import TelemetrySettings


@contextlib.contextmanager
def configured(service: str, settings: TelemetrySettings) -> Generator[None]:
    """Export spans and metrics within the block, and flush them at its end."""
    resource = Resource.create({"service.name": service, "service.namespace": "entente"})
    tracers = TracerProvider(
        resource=resource, sampler=ParentBased(TraceIdRatioBased(settings.sample_ratio))
    )
    readers: list[PeriodicExportingMetricReader] = []
    if settings.otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        base = settings.otlp_endpoint.rstrip("/")
        tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces")))
        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter(f"{base}/v1/metrics")))
    if settings.zipkin_endpoint:
        from opentelemetry.exporter.zipkin.json import ZipkinExporter

        tracers.add_span_processor(
            BatchSpanProcessor(ZipkinExporter(endpoint=settings.zipkin_endpoint))
        )
    if settings.spans_path:
        tracers.add_span_processor(
            BatchSpanProcessor(SpanFile(settings.spans_path), schedule_delay_millis=200)
        )
    trace.set_tracer_provider(tracers)
    # Where nobody reads them, the API's own meters record nothing, which takes no time.
    meters = MeterProvider(metric_readers=readers, resource=resource) if readers else None
    if meters is not None:
        metrics.set_meter_provider(meters)
    try:
        yield
    finally:
        tracers.shutdown()
        if meters is not None:
            meters.shutdown()


class SpanFile(SpanExporter):
    """Appends spans to a file that several processes share, one JSON object a line.

    The SDK's own JSON takes four times as long, in the process that has requests to answer.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Append the spans in one write, so that lines of two processes never mix."""
        lines = [to_json(_fields(span)) + b"\n" for span in spans]
        with self._path.open("ab") as file:
            file.write(b"".join(lines))
        return SpanExportResult.SUCCESS


def _fields(span: ReadableSpan) -> dict[str, Any]:
    """Return all of a span: ids in hexadecimal, times in UTC."""
    return {
        "service": span.resource.attributes.get("service.name"),
        "name": span.name,
        "kind": span.kind.name,
        **_ids(span.get_span_context()),
        "parent_id": format_span_id(span.parent.span_id) if span.parent else None,
        "start": _moment(span.start_time),
        "end": _moment(span.end_time),
        "status": span.status.status_code.name,
        "description": span.status.description,
        "attributes": dict(span.attributes or {}),
        "events": [
            {"name": it.name, "at": _moment(it.timestamp), "attributes": dict(it.attributes or {})}
            for it in span.events
        ],
        "links": [
            _ids(it.context) | {"attributes": dict(it.attributes or {})} for it in span.links
        ],
    }


def _ids(context: SpanContext | None) -> dict[str, str]:
    if context is None:
        return {}
    return {
        "trace_id": format_trace_id(context.trace_id),
        "span_id": format_span_id(context.span_id),
    }


def _moment(nanoseconds: int | None) -> datetime | None:
    return None if nanoseconds is None else datetime.fromtimestamp(nanoseconds / 1e9, UTC)
