"""What is known of a host: calendars with their pictures, and claims of our own bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.intervals import Interval
from availability.domain.working_hours import WorkingHours


@dataclass(frozen=True, slots=True)
class TimedOccurrence:
    """An occurrence at instants `start <= t < end`.

    `occurrence_id` is opaque and the same for a meeting mirrored in several calendars;
    `booking_id` marks an entry that is ours.
    """

    start: int
    end: int
    state: BusyState
    occurrence_id: str | None = None
    booking_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise RuleError("occurrence", "must end after it starts")


@dataclass(frozen=True, slots=True)
class AllDayOccurrence:
    """An occurrence of whole dates, `end_date` excluded, wherever the host lives."""

    start_date: date
    end_date: date
    state: BusyState
    occurrence_id: str | None = None
    booking_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.end_date <= self.start_date:
            raise RuleError("occurrence", "must end after it starts")


Occurrence: TypeAlias = TimedOccurrence | AllDayOccurrence


class ConnectionState(StrEnum):
    """What the connector says of a calendar."""

    CONNECTED = "connected"
    DEGRADED = "degraded"
    DISCONNECTED = "disconnected"


class Calendar(NamedTuple):
    """The picture of one calendar.

    Busy time comes in two forms, which add up: `timed` holds merged sets of intervals by state, as
    storage keeps them; `occurrences` holds what must be looked at one by one (all-day
    occurrences, entries of our own) or everything, where reasons shall name the occurrence.
    `months_known` are the months a picture exists of (`months.month_number`): time outside them
    is unknown. `as_of` is the instant of the reading that the picture rests on, None when the
    calendar was never read. `fault` is the connector's word for what is wrong, if anything is.
    """

    calendar_id: UUID
    as_of: int | None
    months_known: frozenset[int]
    timed: Mapping[BusyState, Sequence[Interval]] = MappingProxyType({})
    occurrences: Sequence[Occurrence] = ()
    connection: ConnectionState = ConnectionState.CONNECTED
    blocks_availability: bool = True
    fault: str | None = None


class ClaimStatus(StrEnum):
    """How firmly a booking has taken its time."""

    HELD = "held"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Claim:
    """Time that a booking of ours takes of a host, and the buffers (seconds) that it keeps free.

    A booking has several claims while several dates are proposed, or while it is moved.
    """

    booking_id: UUID
    start: int
    end: int
    status: ClaimStatus
    buffer_before: int = 0
    buffer_after: int = 0

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise RuleError("claim", "must end after it starts")
        if self.buffer_before < 0 or self.buffer_after < 0:
            raise RuleError("claim", "buffers must not be negative")


class Host(NamedTuple):
    """One host as a question finds them.

    `known_bookings` are bookings of this host whose entries stand in the calendars, each with all
    the time that it was ever to take, as a merged set: ended ones too, whose entries may stand
    there for a moment more. At that time, and at the claims', an entry is an echo of its booking,
    and the claims say what is taken; at any other it is a meeting like any other.
    """

    host_id: UUID
    zone: ZoneInfo
    hours: WorkingHours
    calendars: Sequence[Calendar] = ()
    claims: Sequence[Claim] = ()
    known_bookings: Mapping[UUID, Sequence[Interval]] = MappingProxyType({})
