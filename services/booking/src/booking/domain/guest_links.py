"""The secrets of guest links: one for each booking and party.

A secret is derived, never kept: HMAC-SHA256 (RFC 2104) with a key that booking and notifier
share, over `<booking id>|<party>`, base64url without padding. Booking keeps its SHA-256 alone, so
that a copy of the database opens no booking.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from booking.domain.parties import Role

MIN_KEY_BYTES = 32


def secret_of(key: bytes, booking_id: UUID, party: Role) -> str:
    """Return the secret of a party's link: 256 bits as 43 characters."""
    digest = hmac.digest(key, f"{booking_id}|{party}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def opens(secret: str, kept: bytes) -> bool:
    """Tell, in constant time, whether this is the secret whose digest was kept."""
    return hmac.compare_digest(digest_of(secret), kept)
