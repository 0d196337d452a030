"""Bearer tokens of the operator's OIDC issuer, and who may do what with them."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, cast

import httpx
import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from pydantic import BaseModel, ConfigDict, Field

from webapi.problems import Problem

_ALGORITHMS = ["RS256", "ES256", "EdDSA"]
_MIN_REFETCH_SECONDS = 10.0
_LEEWAY_SECONDS = 30
# What comes of no answer, and of one in the wrong shape.
_UNREADABLE = (
    httpx.HTTPError,
    httpx.InvalidURL,
    jwt.PyJWTError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)
_bearer = HTTPBearer(auto_error=False, description="An access token of the operator's OIDC issuer")


class Role(StrEnum):
    """What a user is to the tenant."""

    OWNER = "owner"
    MEMBER = "member"
    ASSISTANT = "assistant"
    OPERATOR = "operator"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes the request, by a verified token and nothing else."""

    subject: str
    tenant_id: str
    roles: frozenset[Role]


class OidcSettings(BaseModel):
    """The issuer whose tokens are accepted."""

    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(min_length=1, description="Must equal the tokens' `iss`")
    audience: str = Field(default="entente", description="Must be among the tokens' `aud`")
    jwks_url: str | None = Field(default=None, description="Unset: from the issuer's discovery")


class TokenVerifier:
    """Verifies tokens with the issuer's keys, which it fetches and remembers.

    A key that is known waits for nothing; for one that is not, the issuer is asked at most every
    ten seconds, whether it answers or not.
    """

    def __init__(self, settings: OidcSettings, client: httpx.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._keys: dict[str, jwt.PyJWK] = {}
        self._tried_at = -math.inf
        self._was_unavailable = False
        self._lock = asyncio.Lock()

    async def verify(self, token: str) -> Principal:
        """Return who the token speaks for.

        Raises Problem: 401 for a token that is not valid, 503 while the issuer cannot be reached.
        """
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid", "")))
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "tenant"]},
            )
        except jwt.PyJWTError as error:
            raise _unauthorized(f"The token is not valid: {type(error).__name__}.") from None
        return _principal(claims)

    async def _key(self, kid: str) -> jwt.PyJWK:
        if kid not in self._keys:
            async with self._lock:
                await self._look_for(kid)
        if kid not in self._keys:
            raise jwt.InvalidKeyError
        return self._keys[kid]

    async def _look_for(self, kid: str) -> None:
        """Fetch the keys for one that is not known; what came of it holds for a while."""
        if kid in self._keys:
            return
        if time.monotonic() - self._tried_at < _MIN_REFETCH_SECONDS:
            if self._was_unavailable:
                raise _unavailable()
            return
        self._was_unavailable = True
        try:
            self._keys = await self._fetched()
        except _UNREADABLE as error:
            raise _unavailable() from error
        else:
            self._was_unavailable = False
        finally:
            self._tried_at = time.monotonic()

    async def _fetched(self) -> dict[str, jwt.PyJWK]:
        url = self._settings.jwks_url or await self._discover()
        response = (await self._client.get(url)).raise_for_status()
        keys = jwt.PyJWKSet.from_dict(response.json()).keys
        return {key.key_id: key for key in keys if key.key_id is not None}

    async def _discover(self) -> str:
        url = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        response = (await self._client.get(url)).raise_for_status()
        return str(response.json()["jwks_uri"])


async def principal_of(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Principal:
    """FastAPI dependency: the request's principal; 401 without a valid token."""
    return await _verified(request, credentials.credentials if credentials else None)


async def authenticated(request: Request) -> Principal:
    """Return what `principal_of` does, for routes that do without FastAPI's dependencies."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    return await _verified(request, token if scheme.lower() == "bearer" else None)


async def _verified(request: Request, token: str | None) -> Principal:
    if not token:
        raise _unauthorized("An access token is required.")
    verifier = cast("TokenVerifier", request.app.state.token_verifier)
    return await verifier.verify(token)


def requires(*roles: Role) -> Callable[..., Awaitable[Principal]]:
    """FastAPI dependency: the principal, who must have one of the roles; 403 otherwise."""

    async def allowed(principal: Annotated[Principal, Depends(principal_of)]) -> Principal:
        if not principal.roles.intersection(roles):
            raise Problem(
                HTTPStatus.FORBIDDEN,
                "role_required",
                f"This needs one of the roles: {', '.join(sorted(roles))}.",
            )
        return principal

    return allowed


def _principal(claims: dict[str, Any]) -> Principal:
    roles = claims.get("roles", [])
    tenant = claims["tenant"]
    if not isinstance(tenant, str) or not tenant or not isinstance(roles, list):
        raise _unauthorized("The token's tenant or roles have the wrong shape.")
    granted = frozenset(role for role in Role if role in cast("list[Any]", roles))
    return Principal(str(claims["sub"]), tenant, granted)


def _unauthorized(detail: str) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"}
    )


def _unavailable() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "issuer_unavailable",
        "The token cannot be verified: the issuer's keys cannot be read.",
    )
