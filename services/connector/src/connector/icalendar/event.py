"""A VEVENT as the recurrence set needs it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from connector.domain.busy_state import BusyState
from connector.domain.expansion import BrokenReason

Moment = date | datetime
"""A date, an aware time, or a naive one that means the wall clock of the series' zone."""

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Length:
    """How long an instance lasts: nominal days on the wall clock, then exact time.

    DTEND gives every instance the same exact time and DURATION the same nominal one
    (RFC 5545 §3.8.5.3). An all-day event has days only, at least one. A negative length is what
    an end before the start leaves.
    """

    days: int = 0
    exact: timedelta = timedelta(0)

    @property
    def longest(self) -> timedelta:
        """No instance lasts longer, whatever the zone does meanwhile."""
        return abs(self.exact) + timedelta(days=abs(self.days) + 1)

    def end_of(self, start: datetime, start_in_utc: datetime) -> datetime:
        """Return the end, in UTC, of an instance that starts at a wall time of its zone.

        It stops at the ends of the calendar, the years 1 and 9999.
        """
        try:
            if self.days:
                start_in_utc = in_utc(start + timedelta(days=self.days))
            return start_in_utc + self.exact
        except OverflowError:
            return LATEST if self.days > 0 or self.exact > timedelta(0) else EARLIEST

    def end_date_of(self, start: date) -> date:
        """Return the end, excluded, of an instance on a date; it stops as well."""
        try:
            return start + timedelta(days=self.days or 1)
        except OverflowError:
            return date.max if self.days > 0 else date.min


@dataclass(frozen=True, slots=True)
class Event:
    """One VEVENT. `start` is a date or an aware time in its own zone, None when unreadable.

    `rules` and `excluded_rules` keep their text. `revision` is the booking's that an entry of ours
    was written from. A problem that puts the event's own time or state in doubt has made `state`
    unknown already.
    """

    uid: str
    ordinal: int
    recurrence_id: Moment | None
    this_and_future: bool
    sequence: int
    start: Moment | None
    length: Length
    rules: tuple[str, ...]
    excluded_rules: tuple[str, ...]
    extra_dates: tuple[tuple[Moment, Length | None], ...]
    excluded_dates: tuple[Moment, ...]
    state: BusyState
    cancelled: bool
    revision: int | None
    problems: tuple[BrokenReason, ...]

    @property
    def recurs(self) -> bool:
        """Whether the event describes more than its own DTSTART."""
        return bool(self.rules or self.extra_dates)


def in_utc(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """Return the instant of a time, reading a naive one on the wall clock of `zone`.

    One past the ends of the calendar, as the last second of 9999 is west of Greenwich, stops there:
    exporters write such times for "ever".
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == date.min.year else LATEST
