"""The rules of a slot search: they travel with the request and are valid once they exist.

Durations are whole minutes given in seconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from availability.domain.busy_state import BUSY_LIKE, BusyState
from availability.domain.errors import RuleError
from availability.domain.wall_clock import DAY, MINUTE
from availability.domain.working_hours import WorkingHours

_ALWAYS_BLOCKING = frozenset({BusyState.BUSY, BusyState.UNKNOWN})
_LONGEST_NOTICE = 365 * DAY
_LONGEST_HORIZON_DAYS = 730


class StalePolicy(StrEnum):
    """What a picture older than the bound means."""

    BLOCK = "block"
    """The calendar's time is unknown, so nothing is offered."""
    RECHECK = "recheck"
    """Slots are offered, marked to be looked at once more before they are confirmed."""
    OFFER = "offer"
    """The last good picture is trusted as it is."""


@dataclass(frozen=True, slots=True)
class Staleness:
    """How old a calendar's picture may be (seconds) and what happens when it is older."""

    bound: int = 900
    policy: StalePolicy = StalePolicy.RECHECK

    def __post_init__(self) -> None:
        if self.bound < 0:
            raise RuleError("staleness.bound", "must not be negative")


class AllDayPolicy(StrEnum):
    """Which all-day occurrences of a blocking state block."""

    BLOCK = "block"
    """Every one."""
    ONLY_AWAY = "only_away"
    """Those marked out of office, and those of which nothing is known."""


@dataclass(frozen=True, slots=True)
class WallClockAnchor:
    """Starts counted from `minute` after each midnight of `zone`, for every host alike."""

    zone: ZoneInfo
    minute: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.minute < DAY // MINUTE:
            raise RuleError("anchor.minute", "must lie within a day")


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What makes a slot.

    - `duration`, `step`: length of the meeting, distance between possible starts.
    - `buffer_before`, `buffer_after`: time around the new meeting that must be free as well. It
      may lie outside working hours. Buffers of meetings already booked come with those, and both
      count: buffers never overlap, as in storage.
    - `minimum_notice`: elapsed time between now and the start; exactly that much is enough.
    - `horizon_days`: a meeting may start until the end of the host's local day that many days
      after today.
    - `daily_limit`: bookings (held ones too) that may start on one local day of the host.
    - `blocking`: the states of calendar time that block; our own bookings always do.
    - `anchor`: where starts are counted from. Without one, from the beginning of each stretch of
      working hours (09:10 with a step of 30 minutes gives 09:10, 09:40, …). Several hosts need a
      common one: midnight in the requester's zone gives starts on the hour.
    - `hours`: hours that replace each host's own, read on each host's clock.
    """

    duration: int
    step: int
    buffer_before: int = 0
    buffer_after: int = 0
    minimum_notice: int = 0
    horizon_days: int = 60
    daily_limit: int | None = None
    staleness: Staleness = field(default_factory=Staleness)
    blocking: frozenset[BusyState] = BUSY_LIKE | _ALWAYS_BLOCKING
    all_day: AllDayPolicy = AllDayPolicy.BLOCK
    anchor: WallClockAnchor | None = None
    hours: WorkingHours | None = None

    def __post_init__(self) -> None:
        _check_minutes("duration", self.duration, MINUTE, DAY)
        _check_minutes("step", self.step, MINUTE, DAY)
        _check_minutes("buffer_before", self.buffer_before, 0, DAY)
        _check_minutes("buffer_after", self.buffer_after, 0, DAY)
        _check_minutes("minimum_notice", self.minimum_notice, 0, _LONGEST_NOTICE)
        if not 0 <= self.horizon_days <= _LONGEST_HORIZON_DAYS:
            raise RuleError("horizon_days", f"must be between 0 and {_LONGEST_HORIZON_DAYS}")
        if self.daily_limit is not None and self.daily_limit < 1:
            raise RuleError("daily_limit", "must be at least 1")
        if not self.blocking >= _ALWAYS_BLOCKING:
            raise RuleError("blocking", "busy and unknown time always blocks")
        if BusyState.FREE in self.blocking:
            raise RuleError("blocking", "free time cannot block")


def _check_minutes(name: str, seconds: int, least: int, most: int) -> None:
    if seconds % MINUTE or not least <= seconds <= most:
        reason = f"must be whole minutes, from {least // MINUTE} to {most // MINUTE}"
        raise RuleError(name, reason)
