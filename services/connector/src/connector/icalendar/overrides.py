"""The RECURRENCE-ID overrides of a series, and what they do to its instances."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from connector.domain.busy_state import BusyState
from connector.icalendar.event import Event, Length, Moment, in_utc
from connector.icalendar.recurrence_set import Instance

_NOTHING = timedelta(0)


class Segment:
    """The instances from one RANGE=THISANDFUTURE override to the next (RFC 5545 §3.8.4.4).

    They take its length and state and are moved as far on the wall clock as it moved its own.
    An override that turns a timed series into all-day or back cannot say how far: the instances
    stay where they were, in the state unknown.
    """

    def __init__(self, override: Event, begin: Moment) -> None:
        self.begin = begin
        self.source = override
        self.shift: timedelta = _NOTHING
        self.state = override.state
        self.length: Length | None = override.length
        start = override.start
        if isinstance(start, datetime) and isinstance(begin, datetime):
            original = begin.astimezone(start.tzinfo)
            self.shift = start.replace(tzinfo=None) - original.replace(tzinfo=None)
        elif start is None or isinstance(start, datetime) or isinstance(begin, datetime):
            self.length = None
            self.state = BusyState.UNKNOWN
        else:
            self.shift = start - begin


class Overrides:
    """The overrides of one UID by the instance they replace; the highest SEQUENCE wins.

    Of several with the same SEQUENCE all are kept: hiding the wrong one would show free time.
    """

    def __init__(self, overrides: list[Event], master: Event | None) -> None:
        self._by_key: dict[Moment, list[Event]] = {}
        self._dates: set[date] = set()
        for override in overrides:
            key = key_of(override, master)
            rivals = self._by_key.setdefault(key, [])
            if not rivals or override.sequence > rivals[0].sequence:
                self._by_key[key] = [override]
            elif override.sequence == rivals[0].sequence:
                rivals.append(override)
            if not isinstance(key, datetime):
                self._dates.add(key)
        self.segments = sorted(
            (Segment(override, key) for key, override in self if override.this_and_future),
            key=lambda segment: _comparable(segment.begin),
        )
        self._begins = [_comparable(segment.begin) for segment in self.segments]

    def __iter__(self) -> Iterator[tuple[Moment, Event]]:
        for key, overrides in self._by_key.items():
            for override in overrides:
                yield key, override

    def replacing(self, instance: Instance) -> list[Event]:
        """Return the overrides of an instance; an override by date is one of any time that day."""
        found = self._by_key.get(instance.key)
        if found is None and self._dates and isinstance(instance.start, datetime):
            found = self._by_key.get(instance.start.date())
        return found or []

    def segment_of(self, instance: Instance) -> Segment | None:
        """Return the segment an instance lies in, None before the first."""
        if not self.segments:
            return None
        place = bisect_right(self._begins, _comparable(instance.key))
        return self.segments[place - 1] if place else None

    @property
    def reach(self) -> timedelta:
        """How far a segment may move an instance, its length included."""
        return max(
            (
                abs(segment.shift) + (segment.length.longest if segment.length else _NOTHING)
                for segment in self.segments
            ),
            default=_NOTHING,
        )


def key_of(override: Event, master: Event | None) -> Moment:
    """Return the date or UTC instant that RECURRENCE-ID names, on the terms of the master."""
    moment = override.recurrence_id
    if moment is None:
        raise ValueError("An override has a RECURRENCE-ID.")
    if not isinstance(moment, datetime):
        return moment
    start = master.start if master else override.start
    if isinstance(start, datetime):
        return in_utc(moment, start.tzinfo)
    if master is not None and start is not None:
        return moment.date()
    return in_utc(moment, UTC)


def _comparable(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
