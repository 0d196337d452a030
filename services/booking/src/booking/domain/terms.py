"""What a booking took over from its meeting type; later changes of the type do not touch it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from booking.domain.slot import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one booking.

    `holds` says that proposed dates are claimed until one is chosen. `reminders` are minutes
    before the start.
    """

    meeting_type_id: UUID
    title: str
    duration_minutes: int
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    holds: bool = True
    conference: bool = False
    location: str | None = None
    reminders: tuple[int, ...] = ()

    def occupied(self, slot: Slot) -> Slot:
        """Return the time a meeting takes from its hosts: itself and the buffers around it."""
        if not self.buffer_before_minutes and not self.buffer_after_minutes:
            return slot
        return slot.widened(
            timedelta(minutes=self.buffer_before_minutes),
            timedelta(minutes=self.buffer_after_minutes),
        )

    def barred_by(self, busy: Slot) -> Slot:
        """Return the time that no meeting may touch because its buffers would reach `busy`."""
        return busy.widened(
            timedelta(minutes=self.buffer_after_minutes),
            timedelta(minutes=self.buffer_before_minutes),
        )
