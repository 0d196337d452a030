"""A host, as far as the connector has to know."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The projection of HostChanged. `owner` is the user's `sub`, `timezone` an IANA name.

    `settings_revision` counts the saves of the host's calendar settings: the connector's own fact.
    """

    id: UUID
    tenant_id: str
    owner: str
    address: str = field(repr=False)
    timezone: str
    active: bool
    revision: int
    settings_revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who makes a request, by a verified token. `owns_accounts` is the role owner."""

    subject: str
    tenant_id: str
    owns_accounts: bool
    is_service: bool = False
