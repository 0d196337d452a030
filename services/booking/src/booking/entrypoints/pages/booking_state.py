"""What a party reads of a booking, and what it may do."""

from dataclasses import dataclass
from datetime import datetime

from booking.domain.booking import ENDED, STANDING, Booking, Status
from booking.domain.parties import Role
from booking.domain.slot import Slot


@dataclass(frozen=True, slots=True)
class BookingState:
    """A booking as one party sees it at a moment."""

    booking: Booking
    party: Role
    now: datetime

    @property
    def is_own(self) -> bool:
        """Whether the party proposed the dates itself."""
        return self.booking.initiator is self.party

    @property
    def name(self) -> str:
        """The state's name, as the texts know it."""
        status = self.booking.status
        if self._is_lapsed:
            return Status.EXPIRED.value
        if status is Status.PROPOSED:
            return "waiting" if self.is_own else "to_choose"
        if status in STANDING and self.is_over:
            return "over"
        if self.booking.move is not None:
            return "moving"
        return status.value

    @property
    def has_ended(self) -> bool:
        """Whether there will be no meeting."""
        return self.booking.status in ENDED

    @property
    def is_over(self) -> bool:
        """Whether the meeting's time has passed."""
        return self.booking.slot is not None and self.booking.slot.end <= self.now

    @property
    def can_choose(self) -> bool:
        """Whether one of the dates can be chosen, or all turned down."""
        return self.name == "to_choose"

    @property
    def can_cancel(self) -> bool:
        """Whether it can be called off; a proposal, by whoever made it."""
        standing = self.booking.status in STANDING | {Status.CONFIRMING} and not self.is_over
        return standing or self.name == "waiting"

    @property
    def can_move(self) -> bool:
        """Whether the meeting can be rescheduled."""
        standing = self.booking.status in STANDING and not self.is_over
        return standing and self.booking.move is None

    @property
    def can_save(self) -> bool:
        """Whether there is a meeting to put into one's own calendar."""
        return self.booking.status is Status.CONFIRMED

    @property
    def can_start_anew(self) -> bool:
        """Whether the guest may want to look for another time."""
        return self.party is Role.GUEST and self.name in {
            "to_choose",
            Status.DECLINED,
            Status.EXPIRED,
            Status.SUPERSEDED,
            Status.CANCELLED,
        }

    @property
    def awaits_calendar(self) -> bool:
        """Whether news is expected within seconds."""
        return self.name in {Status.CONFIRMING, "moving"}

    @property
    def choices(self) -> tuple[tuple[str, Slot], ...]:
        """The proposed dates that have not passed: id and time, in order."""
        ordered = sorted(self.booking.options, key=lambda option: option.slot.start)
        return tuple((str(o.id), o.slot) for o in ordered if o.slot.start > self.now)

    @property
    def alternatives(self) -> tuple[Slot, ...]:
        """The times that could be had instead."""
        return tuple(slot for slot in self.booking.alternatives if slot.start > self.now)

    @property
    def _is_lapsed(self) -> bool:
        expires_at = self.booking.expires_at
        proposed = self.booking.status is Status.PROPOSED
        return proposed and expires_at is not None and self.now >= expires_at
