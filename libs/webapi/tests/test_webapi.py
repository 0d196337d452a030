"""Problems and tokens, through a small app and the local issuer's own endpoints."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from http import HTTPStatus
from typing import Annotated, Any

import httpx
import jwt
import pytest
from fastapi import Depends, FastAPI
from issuer.app import build_app as build_issuer
from issuer.keys import SigningKey
from pydantic import BaseModel, Field
from webapi import OidcSettings, Principal, Problem, Role, TokenVerifier, build_app, requires

pytestmark = pytest.mark.unit

ISSUER = "http://issuer.test"


class Body(BaseModel):
    size: int = Field(ge=1)


def small_app(verifier: TokenVerifier) -> FastAPI:
    app = build_app(title="Small", description="", version="1", verifier=verifier)

    async def whoami(
        principal: Annotated[Principal, Depends(requires(Role.OWNER))],
    ) -> dict[str, str]:
        return {"subject": principal.subject, "tenant": principal.tenant_id}

    async def measure(body: Body) -> int:
        return body.size

    async def refuse() -> None:
        raise Problem(HTTPStatus.CONFLICT, "taken", "The slot is taken.", slot="a")

    async def fail() -> None:
        raise RuntimeError("guest@example.org")

    app.get("/whoami")(whoami)
    app.post("/measure")(measure)
    app.get("/refuse")(refuse)
    app.get("/fail")(fail)
    return app


@pytest.fixture
async def issuer() -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_issuer(ISSUER))
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as client:
        yield client


@pytest.fixture
async def api(issuer: httpx.AsyncClient) -> AsyncGenerator[httpx.AsyncClient]:
    app = small_app(TokenVerifier(OidcSettings(issuer=ISSUER), issuer))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        yield client


async def token(
    issuer: httpx.AsyncClient, *, tenant: str = "acme", roles: Sequence[str] = ("owner",)
) -> str:
    form = {"subject": "ada", "tenant": tenant, "roles": " ".join(roles)}
    response = await issuer.post("/token", data=form)
    return str(response.json()["access_token"])


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


async def test_a_token_tells_subject_and_tenant(
    api: httpx.AsyncClient, issuer: httpx.AsyncClient
) -> None:
    response = await api.get("/whoami", headers=bearer(await token(issuer)))
    assert response.json() == {"subject": "ada", "tenant": "acme"}


async def test_a_missing_role_is_403(api: httpx.AsyncClient, issuer: httpx.AsyncClient) -> None:
    value = await token(issuer, roles=["member", "unheard-of"])
    response = await api.get("/whoami", headers=bearer(value))
    assert (response.status_code, response.json()["code"]) == (403, "role_required")


async def test_a_role_that_is_no_text_is_passed_over() -> None:
    key = SigningKey(ISSUER)
    strange: Any = [{"name": "operator"}, ["operator"], None, 1, "owner"]
    value = key.token(subject="ada", tenant="acme", roles=strange)
    settings = OidcSettings(issuer=ISSUER, jwks_url=f"{ISSUER}/jwks")
    keys = httpx.MockTransport(lambda _: httpx.Response(HTTPStatus.OK, json=key.jwks()))
    async with httpx.AsyncClient(transport=keys) as client:
        principal = await TokenVerifier(settings, client).verify(value)
    assert principal.roles == {Role.OWNER}


@pytest.mark.parametrize("garbage", ["x.y.z", "", "a token", "eyJhbGciOiJub25lIn0.e30."])
async def test_garbage_is_401(api: httpx.AsyncClient, garbage: str) -> None:
    response = await api.get("/whoami", headers=bearer(garbage))
    assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_changed_signature_is_401(
    api: httpx.AsyncClient, issuer: httpx.AsyncClient
) -> None:
    head, claims, signature = (await token(issuer)).split(".")
    forged = ".".join([head, claims, signature[::-1]])
    assert (await api.get("/whoami", headers=bearer(forged))).status_code == 401


async def test_another_issuers_token_is_401(api: httpx.AsyncClient) -> None:
    transport = httpx.ASGITransport(build_issuer(ISSUER))
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as impostor:
        value = await token(impostor)
    assert (await api.get("/whoami", headers=bearer(value))).status_code == 401


async def test_no_token_is_401(api: httpx.AsyncClient) -> None:
    assert (await api.get("/whoami")).status_code == 401


async def test_an_unreachable_issuer_is_503(issuer: httpx.AsyncClient) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as broken:
        app = small_app(TokenVerifier(OidcSettings(issuer=ISSUER), broken))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            response = await client.get("/whoami", headers=bearer(await token(issuer)))
    assert (response.status_code, response.json()["code"]) == (503, "issuer_unavailable")


class Hanging(httpx.AsyncBaseTransport):
    """The way to an issuer that, once told to hang, answers only when it is `released`, badly."""

    def __init__(self) -> None:
        self._issuer = httpx.ASGITransport(build_issuer(ISSUER))
        self.hangs = False
        self.asked = 0
        self.reached = asyncio.Event()
        self.released = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if not self.hangs:
            return await self._issuer.handle_async_request(request)
        self.reached.set()
        await self.released.wait()
        raise httpx.ReadTimeout("no answer", request=request)


def unheard_of(kid: str) -> str:
    return jwt.encode({}, "of nobody whom the issuer has heard of", headers={"kid": kid})


async def refused(verifier: TokenVerifier, value: str) -> HTTPStatus:
    with pytest.raises(Problem) as raised:
        await verifier.verify(value)
    return raised.value.status


async def test_a_key_that_is_known_waits_for_no_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    way = Hanging()
    async with httpx.AsyncClient(transport=way, base_url=ISSUER) as client:
        verifier = TokenVerifier(OidcSettings(issuer=ISSUER), client)
        known = await token(client)
        await verifier.verify(known)
        monkeypatch.setattr("webapi.tokens._MIN_REFETCH_SECONDS", 0.0)
        way.hangs = True
        stranger = asyncio.create_task(refused(verifier, unheard_of("a")))
        await way.reached.wait()
        assert (await verifier.verify(known)).subject == "ada"
        assert not stranger.done()
        way.released.set()
        assert await stranger == HTTPStatus.SERVICE_UNAVAILABLE
        assert (await verifier.verify(known)).subject == "ada"


async def test_one_waits_for_an_issuer_that_hangs_and_the_others_are_answered_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way = Hanging()
    way.hangs = True
    async with httpx.AsyncClient(transport=way, base_url=ISSUER) as client:
        verifier = TokenVerifier(OidcSettings(issuer=ISSUER), client)
        others = [asyncio.create_task(refused(verifier, unheard_of(k))) for k in "abc"]
        await way.reached.wait()
        way.released.set()
        assert await asyncio.gather(*others) == [HTTPStatus.SERVICE_UNAVAILABLE] * 3
        assert await refused(verifier, unheard_of("d")) == HTTPStatus.SERVICE_UNAVAILABLE
        assert way.asked == 1
        way.hangs = False
        monkeypatch.setattr("webapi.tokens._MIN_REFETCH_SECONDS", 0.0)
        assert (await verifier.verify(await token(client))).subject == "ada"
        assert await refused(verifier, unheard_of("e")) == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("answer", [[], {}, {"jwks_uri": "http://["}, {"jwks_uri": 7}, "no keys"])
async def test_an_issuer_that_talks_nonsense_is_503(
    issuer: httpx.AsyncClient, answer: object
) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    async with httpx.AsyncClient(transport=transport) as odd:
        verifier = TokenVerifier(OidcSettings(issuer=ISSUER), odd)
        for _ in range(2):
            assert await refused(verifier, await token(issuer)) == HTTPStatus.SERVICE_UNAVAILABLE


async def test_an_invalid_body_names_the_field(api: httpx.AsyncClient) -> None:
    response = await api.post("/measure", json={"size": 0})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["code"] == "invalid_request"
    assert document["errors"] == [
        {"field": "body.size", "reason": "Input should be greater than or equal to 1"}
    ]


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_that_is_too_long_is_refused(api: httpx.AsyncClient, told: bool) -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        for _ in range(17):
            yield b" " * 65_536

    content = b"".join([piece async for piece in pieces()]) if told else pieces()
    response = await api.post(
        "/measure", content=content, headers={"content-type": "application/json"}
    )
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "body_too_large"


async def test_a_problem_carries_its_extensions(api: httpx.AsyncClient) -> None:
    document = (await api.get("/refuse")).json()
    assert document == {
        "type": "urn:entente:problem:taken",
        "code": "taken",
        "title": "Conflict",
        "status": 409,
        "detail": "The slot is taken.",
        "slot": "a",
    }


async def test_what_failed_inside_stays_inside(api: httpx.AsyncClient) -> None:
    response = await api.get("/fail")
    assert response.status_code == 500
    assert "guest@example.org" not in response.text


async def test_an_unknown_path_is_a_problem(api: httpx.AsyncClient) -> None:
    assert (await api.get("/nowhere")).json()["code"] == "not_found"


async def test_the_openapi_document_names_problems(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    answers = document["paths"]["/refuse"]["get"]["responses"]["default"]["content"]
    assert "application/problem+json" in answers
    assert "ProblemDocument" in document["components"]["schemas"]
    assert "InvalidField" in document["components"]["schemas"]
