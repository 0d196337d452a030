"""Why a start is not offered. The codes are stable: they are part of the HTTP answers."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Reason(StrEnum):
    """One reason to refuse a start."""

    OUTSIDE_HOURS = "OUTSIDE_HOURS"
    """The meeting does not lie within one stretch of working hours."""
    OFF_STEP = "OFF_STEP"
    """Within working hours, but no start of the search (an edited link, another step)."""
    PAST = "PAST"
    TOO_SOON = "TOO_SOON"
    """Ahead, but nearer than the minimum notice."""
    TOO_FAR = "TOO_FAR"
    BUSY_EXTERNAL = "BUSY_EXTERNAL"
    """A calendar has an occurrence at that time."""
    ALL_DAY_POLICY = "ALL_DAY_POLICY"
    """A calendar has an all-day occurrence on that date."""
    BUSY_OWN = "BUSY_OWN"
    """A booking of ours is confirmed at that time."""
    HELD_BY_OTHER = "HELD_BY_OTHER"
    """Another booking holds that time while it is being decided."""
    BUFFER = "BUFFER"
    """The meeting itself fits; the time to be kept free around it or around another does not."""
    DAY_LIMIT = "DAY_LIMIT"
    SOURCE_STALE = "SOURCE_STALE"
    """The calendar's picture is older than the bound, and the policy is to block."""
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE"
    """Of that time the calendar is not known: never read, not that far, or it cannot tell."""
    CALENDAR_DISCONNECTED = "CALENDAR_DISCONNECTED"
    DST_GAP = "DST_GAP"
    """The clocks skip that wall time."""


class Refusal(NamedTuple):
    """One reason, and where it comes from.

    Of a calendar: `calendar_id`, the opaque `occurrence_id` where the picture has one, and `as_of`,
    the instant of the reading that told us. Of our own bookings: `booking_id`.
    """

    reason: Reason
    calendar_id: UUID | None = None
    occurrence_id: str | None = None
    as_of: int | None = None
    booking_id: UUID | None = None
