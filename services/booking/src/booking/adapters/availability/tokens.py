"""Access tokens for calls to other services: client credentials of the issuer, one per tenant."""

import time
from typing import Any

import httpx

_EARLY_SECONDS = 30.0
_SUBJECT = "booking"


class ServiceTokens:
    """Fetches tokens and remembers them until shortly before they expire."""

    def __init__(
        self, client: httpx.AsyncClient, *, issuer: str, client_id: str, client_secret: str
    ) -> None:
        self._client = client
        self._issuer = issuer.rstrip("/")
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._endpoint: str | None = None
        self._tokens: dict[str, tuple[str, float]] = {}

    async def for_tenant(self, tenant_id: str) -> str:
        """Return a token that speaks for this service within the tenant; raises httpx.HTTPError."""
        known, expires = self._tokens.get(tenant_id, ("", 0.0))
        if time.monotonic() < expires - _EARLY_SECONDS:
            return known
        if self._endpoint is None:
            discovered = await self._get("/.well-known/openid-configuration")
            self._endpoint = str(discovered["token_endpoint"])
        form = {
            "grant_type": "client_credentials",
            "subject": _SUBJECT,
            "tenant": tenant_id,
            "roles": "service",
            **self._credentials,
        }
        response = (await self._client.post(self._endpoint, data=form)).raise_for_status()
        answer: dict[str, Any] = response.json()
        token = str(answer["access_token"])
        self._tokens[tenant_id] = (token, time.monotonic() + float(answer.get("expires_in", 60)))
        return token

    async def _get(self, path: str) -> dict[str, Any]:
        response = (await self._client.get(self._issuer + path)).raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer
