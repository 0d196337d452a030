"""One SERVER span for each HTTP request, with nothing in it that a person sent.

Names and attributes are OpenTelemetry's (semconv 1.44, HTTP server spans and metrics). A span has
the route's template as its path: a guest link's path is a secret. Query strings, addresses of
callers and texts of exceptions are not recorded.
"""

import time
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.trace import SpanKind, StatusCode
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from messaging import propagation
from messaging.logs import type_name
from messaging.telemetry import failed

_UNTRACED = ("/livez", "/readyz")
_OF_MOUNTS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_tracer = trace.get_tracer("entente.http")
_meter = metrics.get_meter("entente.http")
_duration = _meter.create_histogram(
    "http.server.request.duration",
    unit="s",
    description="Handling of one request",
    explicit_bucket_boundaries_advisory=(
        *(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25),
        *(0.5, 0.75, 1, 2.5, 5, 7.5, 10),
    ),
)
_active = Counter[str]()
"""How many requests are being handled, by scheme; counting costs a request less than reporting."""


def _observe_active(_: metrics.CallbackOptions) -> Iterator[metrics.Observation]:
    for scheme, requests in _active.copy().items():
        yield metrics.Observation(requests, {"url.scheme": scheme})


_meter.create_observable_up_down_counter(
    "http.server.active_requests",
    [_observe_active],
    unit="{request}",
    description="Requests being handled",
)


class ServerSpans:
    """ASGI middleware around a whole application; probes leave no span."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle the request within a span; errors of the application pass through."""
        if scope["type"] != "http" or scope["path"] in _UNTRACED:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            with propagation.attached(trace.set_span_in_context(exchange.span)):
                await self._app(scope, receive, exchange.send)
        except Exception as error:
            failed(exchange.span, error)
            exchange.failure = type_name(error)
            raise
        finally:
            exchange.end()


class _Exchange:
    """A request and its response, as far as they are recorded."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.failure: str | None = None
        self._scope = scope
        self._send = send
        self._status: int | None = None
        self._started = time.perf_counter()
        self._scheme = str(scope["scheme"])
        headers = ((name.decode("latin-1"), value) for name, value in scope["headers"])
        # Its attributes are set when all are known: the SDK takes as long for one as for eight.
        self.span = _tracer.start_span("HTTP", propagation.extract(headers), kind=SpanKind.SERVER)
        _active[self._scheme] += 1

    async def send(self, message: Message) -> None:
        """Pass the response on."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        await self._send(message)

    def end(self) -> None:
        """Name the span by its route, now that one was found, and record how it went."""
        scope = self._scope
        labels: dict[str, Any] = {"url.scheme": self._scheme}
        template = _template(scope)
        if template:
            self.span.update_name(f"{scope['method']} {template}")
            labels |= {"http.request.method": scope["method"], "http.route": template}
        if self._status is not None:
            labels["http.response.status_code"] = self._status
        if self.failure is not None:
            labels["error.type"] = self.failure
        elif self._status is not None and self._status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            labels["error.type"] = str(self._status)
            self.span.set_status(StatusCode.ERROR)
        self.span.set_attributes(labels | _of_server(scope, template))
        self.span.end()
        _active[self._scheme] -= 1
        _duration.record(time.perf_counter() - self._started, labels)


def _of_server(scope: Scope, template: str) -> dict[str, str]:
    attributes = {"network.protocol.version": str(scope["http_version"])}
    if template:
        attributes["url.path"] = template
    if scope.get("server"):
        attributes["server.address"] = str(scope["server"][0])
    return attributes


def _template(scope: Scope) -> str:
    """Return the path template of the route that took the request, or nothing.

    A method is known to be one only where a route takes it; anything else may be a person's text.
    """
    route = scope.get("route")
    inner, methods = (
        ("", _OF_MOUNTS)
        if isinstance(route, Mount)
        else (str(getattr(route, "path", "")), getattr(route, "methods", None) or ())
    )
    outer = str(scope.get("root_path", "")).rstrip("/")
    return outer + inner if scope["method"] in methods else ""
