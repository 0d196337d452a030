"""What is asked of a slot search, and of an explanation of one start."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from availability.domain.errors import RuleError
from availability.domain.host import Host
from availability.domain.intervals import Interval
from availability.domain.layers import Viewpoint
from availability.domain.rules import SlotRules
from availability.domain.wall_clock import DAY

MAX_WINDOW_DAYS = 90
MAX_HOSTS = 200

# Clocks go back by an hour, in Antarctica/Troll by two; across the date line a day was lived twice.
_LONGEST_LOCAL_DAY = 2 * DAY


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """Starts are looked for at instants within `window`, by `rules`, as seen at `now`.

    `ignore_booking` is the booking to be rescheduled: neither its claims nor its entries in
    calendars block. The same goes for a hold whose owner is asking.
    """

    rules: SlotRules
    window: Interval
    now: int
    ignore_booking: UUID | None = None

    def __post_init__(self) -> None:
        start, end = self.window
        if end <= start:
            raise RuleError("window", "must end after it starts")
        if end - start > MAX_WINDOW_DAYS * DAY:
            raise RuleError("window", f"must not be longer than {MAX_WINDOW_DAYS} days")

    @property
    def days(self) -> Interval:
        """Return the UTC days that the window touches (day numbers, half-open)."""
        start, end = self.window
        return start // DAY, -(-end // DAY)

    @property
    def span(self) -> Interval:
        """Return the time of which calendars must be known: the window, a meeting, its buffers."""
        start, end = self.window
        rules = self.rules
        return start - rules.buffer_before, end + rules.duration + rules.buffer_after

    @property
    def claims_span(self) -> Interval:
        """Return the time of which claims (with their buffers) must be known.

        A daily limit counts those of every local day that the window touches.
        """
        start, end = self.span
        return start - _LONGEST_LOCAL_DAY, end + _LONGEST_LOCAL_DAY

    @property
    def view(self) -> Viewpoint:
        """Return the viewpoint from which the layers of a host are read."""
        return Viewpoint(self.now, self.span, self.rules.staleness, self.ignore_booking)


def check_hosts(hosts: Sequence[Host], rules: SlotRules) -> None:
    """Refuse hosts that cannot be searched together (`RuleError`)."""
    if not 1 <= len(hosts) <= MAX_HOSTS:
        raise RuleError("hosts", f"must be 1 to {MAX_HOSTS}")
    if len({host.host_id for host in hosts}) != len(hosts):
        raise RuleError("hosts", "must name each host once")
    if len(hosts) > 1 and rules.anchor is None:
        raise RuleError("anchor", "is needed where several hosts share the starts")
