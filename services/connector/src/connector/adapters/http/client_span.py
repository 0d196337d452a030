"""One CLIENT span for each request to a provider (semantic conventions for HTTP).

Paths and queries of user-supplied addresses may be keys, so `url.full` is left out: which server,
which method and how it answered is all that is shown.
"""

from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from connector.adapters.http.web_address import WebAddress
from connector.domain.source import SourceFailure

_tracer = trace.get_tracer("entente.connector")


@contextmanager
def client_span(method: str, address: WebAddress) -> Generator[Span, None, None]:
    """Span around one request; a failure shows by its kind."""
    with _tracer.start_as_current_span(
        method,
        kind=SpanKind.CLIENT,
        attributes={
            "http.request.method": method,
            "server.address": address.host,
            "server.port": address.port,
        },
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except SourceFailure as failure:
            span.set_status(Status(StatusCode.ERROR))
            span.set_attribute("error.type", failure.kind.value)
            raise
