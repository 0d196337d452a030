"""A token is verified once a minute, and never believed past its end."""

import time
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from availability.entrypoints.http.tokens import RememberingVerifier
from issuer.app import build_app
from webapi import OidcSettings, Problem, TokenVerifier

pytestmark = pytest.mark.unit

ISSUER = "http://issuer.test"


@pytest.fixture
async def issuer() -> AsyncGenerator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build_app(ISSUER))
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as client:
        yield client


async def token_of(issuer: httpx.AsyncClient, tenant: str) -> str:
    form = {"subject": "user", "tenant": tenant, "roles": "member"}
    return str((await issuer.post("/token", data=form)).json()["access_token"])


async def test_a_token_is_verified_once_until_it_is_time_again(
    issuer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = TokenVerifier.verify

    async def counting(self: TokenVerifier, token: str) -> Any:
        verified.append(token)
        return await verify(self, token)

    monkeypatch.setattr(TokenVerifier, "verify", counting)
    verifier = RememberingVerifier(OidcSettings(issuer=ISSUER), issuer)
    acme, other = await token_of(issuer, "acme"), await token_of(issuer, "other")
    now = time.time()
    for _ in range(3):
        assert (await verifier.verify(acme)).tenant_id == "acme"
        assert (await verifier.verify(other)).tenant_id == "other"
    assert verified == [acme, other]

    monkeypatch.setattr(time, "time", lambda: now + 61)
    await verifier.verify(acme)
    assert verified == [acme, other, acme]


async def test_a_token_that_ended_within_the_minute_is_refused(
    issuer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.keys.LIFETIME_SECONDS", -29)
    verifier = RememberingVerifier(OidcSettings(issuer=ISSUER), issuer)
    token = await token_of(issuer, "acme")
    await verifier.verify(token)

    async def refuse(*_: Any) -> Any:
        raise Problem(HTTPStatus.UNAUTHORIZED, "unauthorized", "over")

    monkeypatch.setattr(TokenVerifier, "verify", refuse)
    with pytest.raises(Problem):
        await verifier.verify(token)
