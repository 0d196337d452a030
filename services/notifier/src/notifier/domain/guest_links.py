"""Where a party's link leads: the page of one booking for one party.

The link's secret is derived, never kept and never on Kafka: HMAC-SHA256 (RFC 2104) with a key that
booking and notifier share, over `<booking id>|<party>`, base64url without padding.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID

from notifier.domain.parties import Role

MIN_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class GuestLinks:
    """Writes links below `base_url`, which ends without a slash."""

    base_url: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key that could be guessed."""
        if len(self.key) < MIN_KEY_BYTES:
            raise ValueError(f"the key has at least {MIN_KEY_BYTES} bytes")

    def page(self, booking_id: UUID, party: Role) -> str:
        """Return the address of a party's page; who opens it can act for the party.

        Below it are the pages that ask before they act: `/cancel`, `/reschedule`, `/decline`.
        """
        return f"{self.base_url}/b/{booking_id}/{party}/{secret_of(self.key, booking_id, party)}"


def secret_of(key: bytes, booking_id: UUID, party: Role) -> str:
    """Return the secret of a party's link: 256 bits as 43 characters."""
    digest = hmac.new(key, f"{booking_id}|{party}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
