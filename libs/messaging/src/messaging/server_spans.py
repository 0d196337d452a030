"""One SERVER span for each HTTP request, with nothing in it that a person sent.

OpenTelemetry's ASGI instrumentation makes the span and the metrics (`http.server.*`, semconv for
HTTP, stable names). It would also record the query string, the caller's address, the full path
(a guest link's path holds its secret) and the text of exceptions; so it is shown a request that
has the route's template as its path and none of the rest.
"""

import os
from collections.abc import Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.trace import Span
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from messaging.telemetry import failed

_UNTRACED = ("/livez", "/readyz")
_SHOWN_HEADERS = (b"traceparent", b"tracestate", b"content-length", b"host")
_REQUEST = "entente.request"


class ServerSpans:
    """ASGI middleware around a whole application; probes leave no span."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")  # read by the next line
        self._traced = OpenTelemetryMiddleware(
            self._handle, default_span_details=_details, exclude_spans=["receive", "send"]
        )
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle the request within a span; errors of the application pass through."""
        if scope["type"] != "http" or scope["path"] in _UNTRACED:
            await self._app(scope, receive, send)
            return
        request = _Request(scope)
        await self._traced(_shown(scope, self._routes) | {_REQUEST: request}, receive, send)
        if request.failure is not None:
            raise request.failure

    async def _handle(self, shown: Scope, receive: Receive, send: Send) -> None:
        request: _Request = shown[_REQUEST]
        span = trace.get_current_span()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start" and not shown["path"]:
                _name(span, request.scope)  # now, as the span ends with the response
            await send(message)

        try:
            await self._app(request.scope, receive, send_named)
        except Exception as error:  # noqa: BLE001  # raised again outside: the span would quote it
            if span.is_recording():
                failed(span, error)
            request.failure = error


class _Request:
    """A request as it came, and the error it ended in."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.failure: Exception | None = None


def _shown(scope: Scope, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    shown = {name: scope[name] for name in ("type", "method", "scheme", "http_version")}
    shown["server"] = scope.get("server")
    shown["headers"] = [(k, v) for k, v in scope["headers"] if k in _SHOWN_HEADERS]
    shown["path"] = _template(scope, routes)
    return shown


def _details(shown: Scope) -> tuple[str, dict[str, str]]:
    """Name the span: a method is known to be one only where a route takes it."""
    route: str = shown["path"]
    host = {"server.address": str(shown["server"][0])} if shown["server"] else {}
    return (
        (f"{shown['method']} {route}", {"http.route": route, **host}) if route else ("HTTP", host)
    )


def _name(span: Span, handled: Scope) -> None:
    """Name the span by the route that took the request.

    Only the framework knows it where it keeps routes to itself, as FastAPI does those of routers.
    """
    route, method = handled.get("route"), handled["method"]
    if method in (getattr(route, "methods", None) or ()):
        path = str(getattr(route, "path", ""))
        span.update_name(f"{method} {path}")
        span.set_attributes({"http.route": path, "url.path": path})


def _template(scope: Scope, routes: Sequence[BaseRoute]) -> str:
    """Return the path template of the route that will handle the request, or nothing."""
    for route in routes:
        match, inner = route.matches(scope)
        if match is Match.FULL:
            path = str(getattr(route, "path", ""))
            rest = _template({**scope, **inner}, route.routes) if isinstance(route, Mount) else ""
            return path + rest
    return ""
