"""Busy time per host, over all calendars that block it and Entente's own bookings."""

from typing import ClassVar
from uuid import UUID

from entente_contracts.busy import BusyState
from entente_contracts.message import Event, PersonalData
from entente_contracts.topics import AVAILABILITY_EVENTS
from entente_contracts.values import Instant, Month, OpaqueId, Revision, TimeRange, Value


class BusyInterval(TimeRange):
    """A stretch of time in one state. Intervals of a host are ordered and do not overlap."""

    state: BusyState


class OverlapPart(TimeRange):
    """One of the occurrences that overlap."""

    calendar_id: UUID
    occurrence_id: OpaqueId | None = None


class Overlap(Value):
    """Time `[start, end)` that occurrences of different calendars of one host both claim."""

    start: Instant
    end: Instant
    parts: tuple[OverlapPart, ...]


class BusyTimeChanged(Event):
    """The complete merged busy time of one host in one UTC month; replaces what was known of it.

    `as_of` is the oldest reading it rests on. `merged` says that short gaps were closed, never
    opened, to stay under the size limit. A null value ends the month.
    """

    type = "entente.availability.busy_time_changed.v1"
    topic = AVAILABILITY_EVENTS
    personal_data = PersonalData.PSEUDONYMOUS

    host_id: UUID
    month: Month
    revision: Revision
    as_of: Instant
    busy: tuple[BusyInterval, ...]
    merged: bool = False

    @staticmethod
    def key_for(host_id: UUID, month: str) -> str:
        """Return the key of a month, as its tombstone needs it."""
        return f"{host_id}:{month}"

    def key(self) -> str:
        """Return `<host id>:<yyyy-mm>`."""
        return self.key_for(self.host_id, self.month)

    def subject(self) -> str:
        """Return the host id."""
        return str(self.host_id)

    def version(self) -> int:
        """Return the revision of this host's month."""
        return self.revision


class OverlapDetected(Event):
    """The complete present set of a host's overlaps, empty when the last one is resolved.

    The same meeting seen in two calendars is no overlap. `complete` is false when later overlaps
    were left out to stay under the size limit.
    """

    type = "entente.availability.overlap_detected.v1"
    topic = AVAILABILITY_EVENTS
    personal_data = PersonalData.PSEUDONYMOUS

    KEY_SUFFIX: ClassVar[str] = "overlaps"

    host_id: UUID
    revision: Revision
    as_of: Instant
    overlaps: tuple[Overlap, ...]
    complete: bool = True

    @staticmethod
    def key_for(host_id: UUID) -> str:
        """Return the key of a host's overlaps, as its tombstone needs it."""
        return f"{host_id}:{OverlapDetected.KEY_SUFFIX}"

    def key(self) -> str:
        """Return `<host id>:overlaps`."""
        return self.key_for(self.host_id)

    def subject(self) -> str:
        """Return the host id."""
        return str(self.host_id)

    def version(self) -> int:
        """Return the revision of this host's overlaps."""
        return self.revision
