"""The issuer's signing key and the tokens it makes."""

import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

AUDIENCE = "entente"
LIFETIME_SECONDS = 3600


class SigningKey:
    """A P-256 key pair that lives as long as the process."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._key = generate_private_key(SECP256R1())
        self._kid = uuid4().hex

    def token(self, *, subject: str, tenant: str, roles: Sequence[str]) -> str:
        """Return a signed access token, valid for an hour."""
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "tenant": tenant,
            "roles": list(roles),
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": self._kid})

    def jwks(self) -> Mapping[str, Any]:
        """Return the public key as a JWK set (RFC 7517 §5)."""
        public = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self._kid, "use": "sig", "alg": "ES256"}]}
