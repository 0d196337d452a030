"""All events of one UID as occurrences in the window."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

from connector.domain.busy_state import BusyState
from connector.domain.expansion import BrokenReason
from connector.domain.limits import RuleTooCostly, Work
from connector.domain.occurrence import AllDayOccurrence, Occurrence, TimedOccurrence
from connector.domain.recurrence_rule import InvalidRule
from connector.domain.window import Window
from connector.icalendar.event import Event, Length, Moment, in_utc
from connector.icalendar.exclusions import Exclusions
from connector.icalendar.overrides import Overrides
from connector.icalendar.recurrence_set import Instance, first_instance, recurrence_set
from connector.icalendar.recurrence_text import parse_rule

_ONE_DAY = timedelta(days=1)
_ZONE_SLACK = timedelta(days=2)
"""A date of any zone, and the hours a zone may jump, stay within it."""


class SeriesExpander:
    """Expands one UID after another and hands on what falls into the window."""

    def __init__(
        self,
        window: Window,
        work: Work,
        add: Callable[[Occurrence], None],
        report: Callable[[Event, BrokenReason], None],
    ) -> None:
        self._window = window
        self._work = work
        self._add = add
        self._report = report
        self._booking_id: UUID | None = None

    def expand(self, events: list[Event], booking_id: UUID | None = None) -> None:
        """Emit the occurrences of the events that share a UID.

        Of several masters those with the highest SEQUENCE count. `booking_id` is that of the
        booking whose entry has this UID: the meeting is the instance at DTSTART, as we write no
        rules, and whatever else somebody makes of the entry is time of their own. What
        leads beyond the years 1 to 9999 raises `OverflowError`; then `give_up`.
        """
        self._booking_id = booking_id
        for event in events:
            for problem in event.problems:
                self._report(event, problem)
        if len(events) == 1 and events[0].recurrence_id is None and not events[0].recurs:
            self._emit_single(events[0])
            return
        self._work.next_series()
        masters = [event for event in events if event.recurrence_id is None]
        latest = max((master.sequence for master in masters), default=0)
        masters = [master for master in masters if master.sequence == latest]
        overrides = Overrides(
            [event for event in events if event.recurrence_id is not None],
            masters[0] if masters else None,
        )
        for master in masters:
            if not master.cancelled:
                self._emit_master(master, overrides)
        self._emit_overrides(overrides, masters)

    def give_up(self, events: list[Event]) -> None:
        """Block, as unknown, whatever the events of a UID may come to."""
        for event in events:
            if not event.cancelled:
                self._emit_extent(event, event.start)

    def _emit_single(self, event: Event) -> None:
        if event.start is not None and not event.cancelled:
            self._emit(
                event, event.start, event.length, state=event.state, booking_id=self._booking_id
            )

    def _emit_master(self, master: Event, overrides: Overrides) -> None:
        reach = master.length.longest + overrides.reach + _ZONE_SLACK
        low = _moved(self._window.start.date(), -reach)
        high = _moved(self._window.end.date(), overrides.reach + _ZONE_SLACK)
        try:
            instances = self._all_of(recurrence_set(master, low, high, self._work))
        except (InvalidRule, RuleTooCostly) as error:
            costly = isinstance(error, RuleTooCostly)
            reason = BrokenReason.RULE_TOO_COSTLY if costly else BrokenReason.INVALID_RULE
            self._report(master, reason)
            self._emit_extent(master, self._after_meeting(master, overrides))
            return
        for instance in instances:
            self._emit_instance(master, instance, overrides)

    def _all_of(self, instances: Iterator[Instance]) -> list[Instance]:
        """Return the instances of a series, which has all of its share or is given up whole."""
        most = self._work.occurrences_per_series
        found = list(islice(instances, most + 1))
        if len(found) > most:
            raise RuleTooCostly
        return found

    def _emit_instance(self, master: Event, instance: Instance, overrides: Overrides) -> None:
        replacing = overrides.replacing(instance)
        if any(override.start is not None or override.cancelled for override in replacing):
            return
        length = instance.length or master.length
        start, state, source = instance.start, master.state, master
        segment = overrides.segment_of(instance)
        if replacing:
            state = BusyState.UNKNOWN
        elif segment is not None:
            source, state = segment.source, segment.state
            if source.cancelled:
                return
            length = segment.length or length
            start += segment.shift  # on the wall clock; the zone says the offset there
        self._emit(
            source,
            start,
            length,
            state=state,
            recurrence_id=instance.key if master.recurs else None,
            booking_id=self._booking_of(master, instance),
        )

    def _booking_of(self, master: Event, instance: Instance) -> UUID | None:
        if self._booking_id is None:
            return None
        first = first_instance(master)
        return self._booking_id if first and first.key == instance.key else None

    def _emit_overrides(self, overrides: Overrides, masters: list[Event]) -> None:
        exclusions = [Exclusions(master, self._work) for master in masters]
        meeting = [
            override
            for master in masters
            if self._booking_id and (first := first_instance(master))
            for override in overrides.replacing(first)
        ]
        for key, override in overrides:
            excluded = exclusions and all(key in excluded for excluded in exclusions)
            if override.start is not None and not override.cancelled and not excluded:
                self._emit(
                    override,
                    override.start,
                    override.length,
                    state=override.state,
                    recurrence_id=key,
                    booking_id=self._booking_id if override in meeting else None,
                )

    def _after_meeting(self, master: Event, overrides: Overrides) -> Moment | None:
        """Emit the meeting of an entry of ours; return from when on a series may be anything."""
        first = first_instance(master)
        if self._booking_id is None or first is None:
            return master.start
        self._emit_instance(master, first, overrides)
        if isinstance(first.start, datetime):
            return master.length.end_of(first.start, in_utc(first.start))
        return master.length.end_date_of(first.start)

    def _emit_extent(self, event: Event, start: Moment | None) -> None:
        """Block, as unknown, all the time in which a rule that was not expanded may recur.

        That is from its start to the UNTIL of the rules, where all have a legible one, or without
        end: a rule nobody can read must never look like free time. What is free whenever it recurs
        blocks nothing.
        """
        if start is None or event.state is BusyState.FREE:
            return
        last = _last_until(event)
        identity = (event.uid, None, event.sequence, BusyState.UNKNOWN, None)
        if isinstance(start, datetime):
            begin = max(in_utc(start), self._window.start)
            end = self._window.end
            if last is not None:
                end = min(end, Length(exact=event.length.longest + _ZONE_SLACK).end_of(last, last))
            if begin < end:
                self._add(TimedOccurrence(*identity, begin, end))
            return
        first_date = max(start, self._window.first_date)
        end_date = self._window.last_date + _ONE_DAY
        if last is not None:
            end_date = min(end_date, _moved(last.date(), event.length.longest))
        if first_date < end_date:
            self._add(AllDayOccurrence(*identity, first_date, end_date))

    def _emit(
        self,
        source: Event,
        start: Moment,
        length: Length,
        *,
        state: BusyState,
        recurrence_id: Moment | None = None,
        booking_id: UUID | None,
    ) -> None:
        if isinstance(start, datetime):
            begin = in_utc(start)
            end = length.end_of(start, begin)
            if end < begin:
                begin, end = end, begin
            if self._window.covers(begin, end):
                self._add(
                    TimedOccurrence(
                        source.uid, recurrence_id, source.sequence, state, booking_id, begin, end
                    )
                )
            return
        first_date, end_date = start, length.end_date_of(start)
        if end_date < first_date:
            first_date, end_date = end_date, _moved(first_date, _ONE_DAY)
        if self._window.covers_dates(first_date, end_date):
            self._add(
                AllDayOccurrence(
                    source.uid,
                    recurrence_id,
                    source.sequence,
                    state,
                    booking_id,
                    first_date,
                    end_date,
                )
            )


def _moved(day: date, by: timedelta) -> date:
    """Move a date, stopping at the ends of the calendar."""
    try:
        return day + by
    except OverflowError:
        return date.min if by < timedelta(0) else date.max


def _last_until(event: Event) -> datetime | None:
    """Return an instant that no rule outlives, None when one has no legible end."""
    last: datetime | None = None
    for text in event.rules:
        try:
            until = parse_rule(text).until
        except InvalidRule:
            return None
        if until is None:
            return None
        if not isinstance(until, datetime):
            until = datetime(until.year, until.month, until.day, tzinfo=UTC)
        until = in_utc(until, UTC)
        last = until if last is None else max(last, until)
    return last
