"""The rules of a slot search as they are written in a request."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.rules import AllDayPolicy, SlotRules, WallClockAnchor
from availability.domain.wall_clock import zone_named
from availability.domain.working_hours import DAYS_OF_WEEK, DatedHours, Hours, WorkingHours
from availability.entrypoints.http.values import StalenessTold

_Seconds = Annotated[int, Meta(ge=0, description="Whole minutes, in seconds")]
_Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
_ZoneName = Annotated[str, Meta(min_length=1, max_length=64, description="IANA time zone")]


class RangeTold(Struct, forbid_unknown_fields=True, frozen=True):
    """Hours of one day on the host's clock, `HH:MM` to `HH:MM` (or `24:00`)."""

    start: _Clock
    end: _Clock


class WeekdayTold(Struct, forbid_unknown_fields=True, frozen=True):
    """The hours of every such weekday."""

    weekday: Annotated[int, Meta(ge=1, le=7, description="1 is Monday (ISO 8601)")]
    hours: list[RangeTold]


class DayTold(Struct, forbid_unknown_fields=True, frozen=True):
    """The hours of one date instead of its weekday's; none means closed."""

    day: date
    hours: list[RangeTold]


class HoursTold(Struct, forbid_unknown_fields=True, frozen=True):
    """Hours in place of each host's own, on each host's clock."""

    weekly: list[WeekdayTold]
    overrides: tuple[DayTold, ...] = ()


class AnchorTold(Struct, forbid_unknown_fields=True, frozen=True):
    """Starts are counted from `minute` after each midnight of `zone`."""

    zone: _ZoneName
    minute: Annotated[int, Meta(ge=0, lt=1440)] = 0


class RulesTold(Struct, forbid_unknown_fields=True, frozen=True):
    """What makes a slot. Times are whole minutes, in seconds."""

    duration: Annotated[int, Meta(ge=60, le=86_400, description="Of the meeting, in seconds")]
    step: Annotated[int, Meta(ge=60, le=86_400, description="Between starts, in seconds")]
    buffer_before: _Seconds = 0
    buffer_after: _Seconds = 0
    minimum_notice: _Seconds = 0
    horizon_days: Annotated[
        int,
        Meta(ge=0, le=730, description="Until the end of the host's day that many days ahead"),
    ] = 60
    daily_limit: Annotated[
        int | None, Meta(description="Bookings that may start on one day of the host")
    ] = None
    staleness: StalenessTold = StalenessTold()
    blocking: Annotated[
        tuple[BusyState, ...],
        Meta(description="States of calendar time that block; `busy` and `unknown` always do"),
    ] = (BusyState.TENTATIVE, BusyState.BUSY, BusyState.OUT_OF_OFFICE, BusyState.UNKNOWN)
    all_day: Annotated[
        AllDayPolicy,
        Meta(description="`only_away`: of all-day entries only those out of office block"),
    ] = AllDayPolicy.BLOCK
    anchor: Annotated[
        AnchorTold | None,
        Meta(
            description="Where starts are counted from; needed for several hosts. Without it, from"
            " the beginning of each stretch of working hours"
        ),
    ] = None
    hours: HoursTold | None = None

    def read(self) -> SlotRules:
        """Return the rules; raise RuleError for what cannot be one, by the name of its field."""
        return SlotRules(
            duration=self.duration,
            step=self.step,
            buffer_before=self.buffer_before,
            buffer_after=self.buffer_after,
            minimum_notice=self.minimum_notice,
            horizon_days=self.horizon_days,
            daily_limit=self.daily_limit,
            staleness=self.staleness.read(),
            blocking=frozenset(self.blocking),
            all_day=self.all_day,
            anchor=_anchor(self.anchor) if self.anchor else None,
            hours=_hours(self.hours) if self.hours else None,
        )


def _anchor(told: AnchorTold) -> WallClockAnchor:
    try:
        zone = zone_named(told.zone)
    except RuleError as error:
        raise RuleError("anchor.zone", error.reason) from None
    return WallClockAnchor(zone, told.minute)


def _hours(told: HoursTold) -> WorkingHours:
    try:
        return _working_hours(told)
    except RuleError as error:
        field = error.field if error.field == "hours" else f"hours.{error.field}"
        raise RuleError(field, error.reason) from None


def _working_hours(told: HoursTold) -> WorkingHours:
    weekly: list[tuple[Hours, ...]] = [()] * DAYS_OF_WEEK
    for day in told.weekly:
        weekly[day.weekday - 1] += _ranges(day.hours)
    overrides = tuple(DatedHours(dated.day, _ranges(dated.hours)) for dated in told.overrides)
    return WorkingHours(tuple(weekly), overrides)


def _ranges(told: Sequence[RangeTold]) -> tuple[Hours, ...]:
    return tuple(Hours.between(hours.start, hours.end) for hours in told)
