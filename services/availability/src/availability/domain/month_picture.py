"""The picture of one calendar in one month: all that one reading says of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from availability.domain.busy_state import BusyState
from availability.domain.errors import RuleError
from availability.domain.host import Occurrence, TimedOccurrence
from availability.domain.intervals import Interval, merged
from availability.domain.months import month_dates, month_time


@dataclass(frozen=True, slots=True)
class MonthPicture:
    """All that one reading says of a calendar in a UTC month (`months.month_number`).

    The occurrences are clipped to the month (`RuleError` where they are not), and none of them is
    free. `revision` counts readings, `as_of` (aware) is when this one began.
    """

    calendar_id: UUID
    host_id: UUID
    tenant_id: str
    month: int
    revision: int
    as_of: datetime
    occurrences: Sequence[Occurrence]

    def __post_init__(self) -> None:
        start, end = month_time(self.month, self.month)
        first, after = month_dates(self.month)
        for it in self.occurrences:
            if not (
                start <= it.start and it.end <= end
                if isinstance(it, TimedOccurrence)
                else first <= it.start_date and it.end_date <= after
            ):
                raise RuleError("occurrences", "must be clipped to the month")

    @property
    def bare(self) -> Mapping[BusyState, Sequence[Interval]]:
        """The time of all that need not be looked at one by one, as merged sets by state."""
        by_state: dict[BusyState, list[Interval]] = {}
        for it in self.occurrences:
            if isinstance(it, TimedOccurrence) and it.booking_id is None:
                by_state.setdefault(it.state, []).append((it.start, it.end))
        return {state: merged(intervals) for state, intervals in by_state.items()}

    @property
    def singled_out(self) -> Sequence[Occurrence]:
        """What must be looked at one by one: dates are lived in a zone, and entries may be ours."""
        return [
            it
            for it in self.occurrences
            if it.booking_id is not None or not isinstance(it, TimedOccurrence)
        ]

    @property
    def booking_ids(self) -> Collection[UUID]:
        """The bookings whose entries are among the occurrences."""
        return {it.booking_id for it in self.occurrences if it.booking_id is not None}

    @property
    def months_beside(self) -> Iterator[int]:
        """Yield the neighbouring months in UTC that this picture may speak of.

        A date belongs to its owner's zone, so the first and the last of a month reach beyond it.
        """
        first, after = month_dates(self.month)
        dated = [it for it in self.occurrences if not isinstance(it, TimedOccurrence)]
        if any(it.start_date == first for it in dated):
            yield self.month - 1
        if any(it.end_date == after for it in dated):
            yield self.month + 1
