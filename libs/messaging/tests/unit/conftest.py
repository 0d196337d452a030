"""Finished spans, as a test sees them."""

from collections.abc import Callable, Sequence

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

FinishedSpans = Callable[[], Sequence[ReadableSpan]]


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    """Collect the spans of the whole run: OpenTelemetry takes one provider per process."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def finished_spans(exporter: InMemorySpanExporter) -> FinishedSpans:
    """Return what gives the spans that ended during the test, in that order."""
    exporter.clear()
    return exporter.get_finished_spans
