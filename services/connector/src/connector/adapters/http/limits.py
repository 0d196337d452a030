"""How much a foreign server may cost us."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Bounds of one fetch, redirects included, in seconds and bytes.

    `body_bytes` counts after decoding. `bytes_per_second` binds the body as received, once
    `rate_grace_seconds` have passed.
    """

    connect_seconds: float = 3.0
    total_seconds: float = 20.0
    body_bytes: int = 10 * 1024 * 1024
    bytes_per_second: int = 1024
    rate_grace_seconds: float = 3.0
    redirects: int = 3
