"""A booking as the notifier sees it: what has to be known to tell its parties."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from notifier.domain.parties import Party
from notifier.domain.slot import Slot


class Status(StrEnum):
    """Where a booking is in its life; an unknown status of a newer producer is OTHER."""

    PROPOSED = "proposed"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    RECORDED_ONLY = "recorded_only"
    OTHER = "other"


_WEB = ("https://", "http://")
STANDING = frozenset({Status.CONFIRMED, Status.RECORDED_ONLY})


class EntryState(StrEnum):
    """What is known of the booking's calendar entries taken together."""

    NONE = "none"
    PENDING = "pending"
    WRITTEN = "written"
    BY_MAIL = "by_mail"
    FAILED = "failed"


class Canceller(StrEnum):
    """Who ended a booking; `calendar` is a deletion in the provider's own app."""

    HOST = "host"
    GUEST = "guest"
    CALENDAR = "calendar"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A whole booking at one revision.

    `initiator_is_host` says who proposed the dates. `slot` is the agreed time, None until one is
    chosen. `sequence` grows with every change the parties are told of (RFC 5546 §2.1.4), `uid` is
    constant from `confirming` on. `mailed_by_us` is false where the provider notifies. `reason` is
    what the one who ended it wrote.
    """

    id: UUID
    tenant_id: str
    revision: int
    status: Status
    initiator_is_host: bool
    hosts: tuple[Party, ...]
    guest: Party
    title: str
    uid: str
    sequence: int
    timezone: str
    changed_at: datetime
    options: tuple[Slot, ...] = ()
    slot: Slot | None = None
    previous_slot: Slot | None = None
    description: str | None = None
    location: str | None = None
    conference_url: str | None = None
    entry: EntryState = EntryState.NONE
    expires_at: datetime | None = None
    cancelled_by: Canceller | None = None
    reason: str | None = None
    alternatives: tuple[Slot, ...] = ()
    reminders: tuple[int, ...] = ()
    mailed_by_us: bool = True

    def __post_init__(self) -> None:
        """Refuse a booking that cannot be."""
        if not self.hosts:
            raise ValueError("a booking has at least one host")
        if self.status in STANDING and self.slot is None:
            raise ValueError(f"a booking that is {self.status} has a time")

    @property
    def parties(self) -> tuple[Party, ...]:
        """Everyone who is told, the hosts first."""
        return (*self.hosts, self.guest)

    @property
    def stands(self) -> bool:
        """Whether the meeting takes place as far as is known."""
        return self.status in STANDING

    @property
    def web_link(self) -> str | None:
        """The conference link if it leads to the web: nothing else is made a link of."""
        link = self.conference_url
        return link if link is not None and link.lower().startswith(_WEB) else None

    @property
    def agreed(self) -> Slot:
        """The agreed time; raises ValueError where there is none."""
        if self.slot is None:
            raise ValueError("no time is agreed yet")
        return self.slot
