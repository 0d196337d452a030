"""Quick routes answer past the layers of their app, and fail within them."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from availability.entrypoints.http.quick_route import add_quick_routes, quick_router
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from webapi import Principal, Role, build_app

pytestmark = pytest.mark.unit

TOKEN = {"Authorization": "Bearer of-a-member"}


class Verifier:
    async def verify(self, token: str) -> Principal:
        role = Role.MEMBER if token == "of-a-member" else Role.OPERATOR  # noqa: S105 - a name
        return Principal("ana", "acme", frozenset({role}))


class Layer:
    """Counts what passes it."""

    passed = 0

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        Layer.passed += 1
        await self._app(scope, receive, send)


def small_app() -> FastAPI:
    app = build_app(title="Small", description="", version="1", verifier=None)
    app.state.token_verifier = Verifier()
    app.state.answering = "bytes"
    app.add_middleware(Layer)
    router = quick_router("small")

    async def measure(request: Request, principal: Any, parts: Any) -> Response:
        body = await request.body()
        if body == b"fail":
            raise LookupError("guest@example.org")
        return Response(f"{len(body)} {parts} of {principal.tenant_id}")

    router.post("/measure", response_model=None)(measure)
    add_quick_routes(app, router)
    return app


async def ask(
    method: str, path: str, content: bytes = b"", headers: Mapping[str, str] = TOKEN
) -> httpx.Response:
    Layer.passed = 0
    transport = httpx.ASGITransport(small_app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://small.test") as client:
        return await client.request(method, path, content=content, headers=headers)


async def test_an_answer_passes_no_layer() -> None:
    response = await ask("POST", "/measure", b"abc")
    assert (response.status_code, response.text) == (200, "3 bytes of acme")
    assert Layer.passed == 0


@pytest.mark.parametrize(
    ("headers", "content", "status", "code"),
    [
        ({}, b"", 401, "unauthorized"),
        ({"Authorization": "Basic of-a-member"}, b"", 401, "unauthorized"),
        ({"Authorization": "Bearer of-an-operator"}, b"", 403, "role_required"),
        (TOKEN, b"fail", 500, "internal_error"),
        (TOKEN, b" " * 1_048_577, 413, "body_too_large"),
    ],
)
async def test_a_failure_is_answered_as_the_app_answers_it(
    headers: Mapping[str, str], content: bytes, status: int, code: str
) -> None:
    response = await ask("POST", "/measure", content, headers)
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert "guest" not in response.text
    assert Layer.passed == 1


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/measure", 405), ("POST", "/elsewhere", 404)]
)
async def test_other_requests_take_the_usual_way(method: str, path: str, status: int) -> None:
    assert (await ask(method, path)).status_code == status
    assert Layer.passed == 1


async def test_a_client_that_goes_while_it_is_answered_is_answered_once() -> None:
    sent: list[str] = []

    async def send(message: Any) -> None:
        sent.append(message["type"])
        raise ConnectionError

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/measure",
        "root_path": "",
        "headers": [(b"authorization", b"Bearer of-a-member")],
    }
    with pytest.raises(ConnectionError):
        await small_app()(scope, receive, send)
    assert sent == ["http.response.start"]


async def test_the_route_is_known_to_who_looks_from_outside() -> None:
    scope: Scope = {}
    app = small_app()

    async def looking(inner: Scope, receive: Receive, send: Send) -> None:
        await app(inner, receive, send)
        scope.update(inner)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(looking), base_url="http://small.test"
    ) as client:
        await client.post("/measure", headers=TOKEN)
    assert scope["route"].path == "/measure"
