"""Who is told: the hosts and the guest of a booking."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Which side of a booking someone is on."""

    HOST = "host"
    GUEST = "guest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One who is mailed; `host_id` tells several hosts apart, `locale` is a BCP 47 tag.

    `calendar_id` is the calendar that receives a host's entry, None where there is none.
    """

    role: Role
    name: str
    address: str
    timezone: str
    locale: str
    host_id: UUID | None = None
    calendar_id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse a host without id, and what would break out of a mail header."""
        if (self.role is Role.HOST) != (self.host_id is not None):
            raise ValueError("a host has an id, a guest has none")
        if any(character in self.name + self.address for character in "\r\n\0"):
            raise ValueError("name and address stand on one line")

    @property
    def key(self) -> str:
        """What the party is called in the ledger: `guest`, or `host:<id>`."""
        return self.role if self.host_id is None else f"{self.role}:{self.host_id}"
