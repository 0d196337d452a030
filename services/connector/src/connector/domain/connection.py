"""A connection: one account of a host at one provider."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from connector.domain.calendar import Provider


class ConnectionStatus(StrEnum):
    """Whether the account is in use."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One account. `server` is the authority it is reached at, the only part of its URL to show.

    `fingerprint` is the same for the same account of the same host, and says nothing else.
    """

    id: UUID
    tenant_id: str
    host_id: UUID
    owner: str
    provider: Provider
    server: str
    fingerprint: str
    status: ConnectionStatus
    revision: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How to reach an account. Every part may be a key, so none of it is ever shown."""

    url: str = field(repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCredentials:
    """Credentials as they are stored: encrypted under the key named."""

    key_id: str
    ciphertext: bytes = field(repr=False)


class SecretUnreadable(Exception):  # noqa: N818 - states the fact
    """No key at hand opens the credentials; only the owner, giving them again, can repair it."""
