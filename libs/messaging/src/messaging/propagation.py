"""Trace context as it travels: in outbox rows and in record headers (W3C Trace Context)."""

import contextlib
from collections.abc import Generator, Iterable

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, SpanContext
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_FIELDS = frozenset(_propagator.fields)

Headers = Iterable[tuple[str, bytes | None]]


def inject(context: Context | None = None) -> dict[str, str]:
    """Return `traceparent` and `tracestate` of the current (or given) span, if it has one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, context)
    return carrier


def extract(headers: Headers) -> Context:
    """Return the context that the headers carry; unreadable headers carry none."""
    carrier: dict[str, str] = {}
    for name, value in headers:
        if name in _FIELDS and value is not None:
            carrier[name] = value.decode("ascii", errors="replace")
    return _propagator.extract(carrier, context=Context())


def span_context(context: Context) -> SpanContext | None:
    """Return the span context inside, or None where there is none."""
    found = trace.get_current_span(context).get_span_context()
    return found if found.is_valid else None


def link_to(context: Context) -> list[Link]:
    """Return a link to the context's span, or nothing."""
    found = span_context(context)
    return [Link(found)] if found else []


@contextlib.contextmanager
def attached(context: Context) -> Generator[None]:
    """Make the context current within the block."""
    token = otel_context.attach(context)
    try:
        yield
    finally:
        otel_context.detach(token)
