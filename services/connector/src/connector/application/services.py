"""What the use cases work with."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from connector.application.expander import Expander
from connector.application.ports import CalendarSource, EntryWriter
from connector.application.store import UnitOfWork
from connector.domain.calendar import Provider
from connector.domain.connection import Credentials, SealedCredentials
from connector.domain.deletion_brake import DeletionBrake
from connector.domain.entry_policy import EntryPolicy
from connector.domain.retry import SyncPolicy


class OpenSource(Protocol):
    """Opens accounts at their providers."""

    def __call__(self, provider: Provider, credentials: Credentials | None) -> CalendarSource:
        """Open it; in-house accounts have no credentials. Raises `SourceFailure`."""
        ...


class OpenWriter(Protocol):
    """Opens accounts at their providers, to write entries."""

    def __call__(self, provider: Provider, credentials: Credentials | None) -> EntryWriter:
        """Open it. Raises `SourceFailure`; `permission` where nothing can ever be written."""
        ...


class Vault(Protocol):
    """Keeps credentials readable for us alone."""

    def seal(
        self, credentials: Credentials, *, tenant_id: str, connection_id: UUID
    ) -> SealedCredentials:
        """Encrypt credentials, bound to their connection."""
        ...

    def unseal(
        self, sealed: SealedCredentials, *, tenant_id: str, connection_id: UUID
    ) -> Credentials:
        """Decrypt credentials. Raises SecretUnreadable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantPolicies:
    """How many calendars a user may connect: by tenant, else `default_limit`, else no limit."""

    default_limit: int | None = None
    limits: Mapping[str, int] = field(default_factory=dict[str, int])

    def max_calendars(self, tenant_id: str) -> int | None:
        """Return the tenant's limit, None for none."""
        return self.limits.get(tenant_id, self.default_limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a use case may ask for. `pseudonym` gives a text's keyed fingerprint."""

    unit_of_work: UnitOfWork
    open_source: OpenSource
    open_writer: OpenWriter
    expander: Expander
    vault: Vault
    pseudonym: Callable[[str], str]
    sync_policy: SyncPolicy = field(default_factory=SyncPolicy)
    entry_policy: EntryPolicy = field(default_factory=EntryPolicy)
    brake: DeletionBrake = field(default_factory=DeletionBrake)
    tenants: TenantPolicies = field(default_factory=TenantPolicies)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
