"""Who takes part in a meeting."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from booking.domain.errors import RuleError


class Role(StrEnum):
    """Which side of a booking someone is on."""

    HOST = "host"
    GUEST = "guest"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedHost:
    """A host of a booking, as known when it was made.

    `calendar_id` is the calendar that receives the entry, None when the host has none.
    """

    host_id: UUID
    name: str
    address: str
    timezone: str
    locale: str
    calendar_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who meets the hosts."""

    name: str
    address: str
    timezone: str
    locale: str

    def __post_init__(self) -> None:
        """Refuse what would break a mail header."""
        if any(character in self.name + self.address for character in "\r\n\0"):
            raise RuleError("guest", "name and address stand on one line")
