"""Finished spans and metrics, as a test sees them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

MetricsNow = Callable[[], Mapping[str, Sequence[Any]]]
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


@pytest.fixture(scope="session")
def metric_reader() -> InMemoryMetricReader:
    """Read the metrics of the whole run: OpenTelemetry takes one provider per process."""
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader]))
    return reader


@pytest.fixture
def metrics_now(metric_reader: InMemoryMetricReader) -> MetricsNow:
    """Return what gives the data points of each metric, by its name."""

    def read() -> Mapping[str, Sequence[Any]]:
        data = metric_reader.get_metrics_data()
        return {
            metric.name: list(metric.data.data_points)
            for of_resource in (data.resource_metrics if data else ())
            for of_scope in of_resource.scope_metrics
            for metric in of_scope.metrics
        }

    return read
