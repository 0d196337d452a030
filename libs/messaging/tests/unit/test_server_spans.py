"""A request's span says what was asked for, and nothing that a person sent."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from messaging.server_spans import ServerSpans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

pytestmark = pytest.mark.unit

GUEST = "guest-at-example.org"

FinishedSpans = Callable[[], Sequence[ReadableSpan]]
MetricsNow = Callable[[], Mapping[str, Sequence[Any]]]


async def echo(request: Request) -> Response:
    client = request.client.host if request.client else ""
    return PlainTextResponse(f"{request.url.path}?{request.url.query} from {client}")


async def stumble(request: Request) -> Response:
    raise ValueError(request.path_params["secret"])


async def ask(method: str, path: str, **more: str) -> httpx.Response:
    app = Starlette(
        routes=[
            Route("/b/{secret}", echo, methods=["GET"]),
            Route("/stumble/{secret}", stumble, methods=["GET"]),
            Route("/livez", echo),
            Mount("/api", routes=[Route("/hosts/{host}", echo)]),
        ]
    )
    transport = httpx.ASGITransport(ServerSpans(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://booking.test") as client:
        return await client.request(method, path, **more)  # type: ignore[arg-type]


async def test_the_span_has_the_route_and_the_application_the_request(
    finished_spans: FinishedSpans,
) -> None:
    answer = await ask("GET", f"/b/{GUEST}?email={GUEST}")
    assert answer.text == f"/b/{GUEST}?email={GUEST} from 127.0.0.1"
    (span,) = finished_spans()
    assert (span.name, span.kind) == ("GET /b/{secret}", SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/b/{secret}",
        "network.protocol.version": "1.1",
        "server.address": "booking.test",
        "url.path": "/b/{secret}",
        "url.scheme": "http",
    }


async def test_a_route_that_the_framework_keeps_to_itself_names_the_span(
    finished_spans: FinishedSpans,
) -> None:
    async def look(secret: str) -> str:
        return secret

    router = APIRouter(prefix="/b/{secret}")
    router.add_api_route("/look", look)
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})
    app.include_router(router)
    transport = httpx.ASGITransport(ServerSpans(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://booking.test") as client:
        assert (await client.get(f"/b/{GUEST}/look")).json() == GUEST
    (span,) = finished_spans()
    assert span.name == "GET /b/{secret}/look"
    assert (span.attributes or {})["http.route"] == "/b/{secret}/look"
    assert GUEST not in span.to_json()


async def test_an_error_is_told_by_its_kind_alone(finished_spans: FinishedSpans) -> None:
    assert (await ask("GET", f"/stumble/{GUEST}")).status_code == 500
    (span,) = finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.events == ()
    assert GUEST not in span.to_json()


async def test_a_mounted_route_is_named_in_full(finished_spans: FinishedSpans) -> None:
    await ask("GET", f"/api/hosts/{GUEST}")
    (span,) = finished_spans()
    assert span.name == "GET /api/hosts/{host}"


@pytest.mark.parametrize(("method", "path"), [("GET", f"/{GUEST}"), ("XYZ", "/b/1")])
async def test_what_has_no_route_has_no_name(
    finished_spans: FinishedSpans, method: str, path: str
) -> None:
    await ask(method, path)
    (span,) = finished_spans()
    assert span.name == "HTTP"
    assert GUEST not in span.to_json()


async def test_probes_leave_no_span(finished_spans: FinishedSpans) -> None:
    await ask("GET", "/livez")
    assert list(finished_spans()) == []


async def test_a_request_is_active_until_it_is_answered(metrics_now: MetricsNow) -> None:
    def active() -> int:
        return sum(point.value for point in metrics_now()["http.server.active_requests"])

    async def look(_: Request) -> Response:
        return PlainTextResponse(str(active()))

    app = Starlette(routes=[Route("/look", look), Route("/stumble/{secret}", stumble)])
    transport = httpx.ASGITransport(ServerSpans(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://booking.test") as client:
        assert (await client.get("/look")).text == "1"
        assert (await client.get(f"/stumble/{GUEST}")).status_code == 500
    assert active() == 0


async def test_how_long_a_request_took_is_told_by_route_and_status(metrics_now: MetricsNow) -> None:
    await ask("GET", f"/b/{GUEST}")
    told = [dict(point.attributes) for point in metrics_now()["http.server.request.duration"]]
    assert {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/b/{secret}",
        "url.scheme": "http",
    } in told
    assert GUEST not in str(told)
