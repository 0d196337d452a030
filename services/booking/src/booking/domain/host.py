"""Hosts: people who can be booked."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.domain.errors import RuleError
from booking.domain.parties import BookedHost
from booking.domain.working_hours import WorkingHours
from booking.domain.zone import zone_named

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_MAX_NAME = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host. `owner` is the `sub` of the user it belongs to; `assistants` manage it as well."""

    id: UUID
    tenant_id: str
    owner: str
    assistants: tuple[str, ...] = ()
    name: str
    address: str
    timezone: str
    locale: str
    working_hours: WorkingHours
    active: bool = True
    revision: int = 1
    changed_at: datetime

    def __post_init__(self) -> None:
        """Refuse what no mail, clock or calendar could take."""
        if not 1 <= len(self.name) <= _MAX_NAME or any(c in self.name for c in "\r\n\0"):
            raise RuleError("name", f"is one line of 1 to {_MAX_NAME} characters")
        if not _ADDRESS.fullmatch(self.address):
            raise RuleError("address", "is no mail address")
        zone_named("timezone", self.timezone)

    def changed(self, now: datetime, **changes: Any) -> "Host":
        """Return the host one revision later."""
        return replace(self, revision=self.revision + 1, changed_at=now, **changes)

    def is_managed_by(self, subject: str) -> bool:
        """Tell whether the user is the owner or one of the assistants."""
        return subject == self.owner or subject in self.assistants

    def booked(self) -> BookedHost:
        """Return the host as a booking remembers it."""
        return BookedHost(
            host_id=self.id,
            name=self.name,
            address=self.address,
            timezone=self.timezone,
            locale=self.locale,
        )
