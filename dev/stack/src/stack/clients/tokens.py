"""Tokens from the demo's issuer, which signs them for whoever asks."""

from collections.abc import Sequence

import httpx


class TokenClient:
    """Asks the issuer that is reached at `address`, whatever its name in the tokens."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def token(self, subject: str, *, tenant: str, roles: Sequence[str] = ("owner",)) -> str:
        """Return an access token, valid for an hour."""
        form = {"subject": subject, "tenant": tenant, "roles": " ".join(roles)}
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            answer = (await client.post(f"{self._address}/token", data=form)).raise_for_status()
        return str(answer.json()["access_token"])
