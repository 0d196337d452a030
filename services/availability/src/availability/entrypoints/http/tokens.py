"""Tokens that were verified a moment ago need not be verified again.

Checking a signature takes longer than answering the question that comes with it.
"""

import time

import httpx
import jwt
from webapi import OidcSettings, Principal, TokenVerifier

_REMEMBERED_SECONDS = 60.0
_MOST_TOKENS = 10_000


class RememberingVerifier(TokenVerifier):
    """Verifies a token anew after a minute, and never remembers it past its own end.

    A key that the issuer withdraws counts for that minute longer.
    """

    def __init__(self, settings: OidcSettings, client: httpx.AsyncClient) -> None:
        super().__init__(settings, client)
        self._remembered: dict[str, tuple[Principal, float]] = {}

    async def verify(self, token: str) -> Principal:
        """Return who the token speaks for; raises Problem as TokenVerifier does."""
        known = self._remembered.get(token)
        now = time.time()
        if known is not None and now < known[1]:
            return known[0]
        principal = await super().verify(token)
        if len(self._remembered) >= _MOST_TOKENS:
            self._remembered.clear()
        self._remembered[token] = principal, min(now + _REMEMBERED_SECONDS, _expiry(token))
        return principal


def _expiry(verified: str) -> float:
    claims = jwt.decode(verified, options={"verify_signature": False})
    return float(claims["exp"])
