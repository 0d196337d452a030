"""Busy time that an in-house system pushes, window by window."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from connector.domain.busy_state import BusyState
from connector.domain.occurrence import Occurrence, TimedOccurrence


@dataclass(frozen=True, slots=True)
class PushWindow:
    """The dates `[first_date, end_date)`; for timed occurrences the same dates in UTC."""

    first_date: date
    end_date: date

    def __post_init__(self) -> None:
        if self.end_date <= self.first_date:
            raise ValueError("A push covers at least one date.")


def nothing_stated() -> tuple[Occurrence, ...]:
    """Return what is known before the first push: all time is unknown, never free.

    Each push takes its window away from it, so time that no push spoke for stays unknown.
    """
    first, end = _midnight(date.min), _midnight(date.max)
    return (TimedOccurrence("unstated", None, 0, BusyState.UNKNOWN, None, start=first, end=end),)


def replace_window(
    known: Iterable[Occurrence], window: PushWindow, pushed: Iterable[Occurrence]
) -> tuple[Occurrence, ...]:
    """Return what is known once `pushed` says all there is in the window.

    Occurrences that cross its edges are cut there: each window speaks for its own time only.
    """
    before = PushWindow(date.min, window.first_date)
    after = PushWindow(window.end_date, date.max)
    return (
        *_within(before, known),
        *_within(window, pushed),
        *_within(after, known),
    )


def _within(window: PushWindow, occurrences: Iterable[Occurrence]) -> Iterator[Occurrence]:
    first, end = _midnight(window.first_date), _midnight(window.end_date)
    for occurrence in occurrences:
        if isinstance(occurrence, TimedOccurrence):
            start = max(occurrence.start, first)
            stop = min(occurrence.end, end)
            if start < stop:
                yield replace(occurrence, start=start, end=stop)
        else:
            first_date = max(occurrence.start_date, window.first_date)
            end_date = min(occurrence.end_date, window.end_date)
            if first_date < end_date:
                yield replace(occurrence, start_date=first_date, end_date=end_date)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
