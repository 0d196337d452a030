"""What may happen to a booking, as its events say it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from notifier.domain.slot import Slot


class Fact(StrEnum):
    """The kind of an event; what it means for the parties depends on the booking's status too."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    CONFLICT_DETECTED = "conflict_detected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Time of a calendar that something else occupies."""

    calendar_id: UUID
    slot: Slot
