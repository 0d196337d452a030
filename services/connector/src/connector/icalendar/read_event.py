"""Reads a VEVENT; what cannot be read is reported and never silently free."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from connector.domain.busy_state import BusyState
from connector.domain.expansion import BrokenReason
from connector.icalendar.busy_status import busy_state, is_cancelled
from connector.icalendar.content_line import split_rest
from connector.icalendar.event import LATEST, Event, Length, Moment, in_utc
from connector.icalendar.scan import Component
from connector.icalendar.values import InvalidValue, parse_date_or_time, parse_duration
from connector.icalendar.zones import Zones

_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_IN_DOUBT = frozenset(
    {
        BrokenReason.INVALID_END,
        BrokenReason.END_BEFORE_START,
        BrokenReason.UNKNOWN_ZONE,
        BrokenReason.INVALID_RECURRENCE_ID,
        BrokenReason.MALFORMED_COMPONENT,
    }
)


def read_event(
    component: Component, *, zones: Zones, method: str, owner_addresses: frozenset[str]
) -> Event:
    """Return the event of a component of a calendar with that METHOD.

    No content raises. Without a UID the component is a series of its own, named by its place in
    the stream.
    """
    return _EventReader(component, zones).read(method, owner_addresses)


class _EventReader:
    def __init__(self, component: Component, zones: Zones) -> None:
        self._component = component
        self._zones = zones
        self._problems: list[BrokenReason] = []

    def read(self, method: str, owner_addresses: frozenset[str]) -> Event:
        component = self._component
        properties = component.properties
        if component.malformed:
            self._problems.append(BrokenReason.MALFORMED_COMPONENT)
        start = self._start()
        length = Length() if start is None else self._length(start)
        recurrence_id, this_and_future = self._recurrence_id()
        recurring = "RRULE" in properties or "RDATE" in properties or "EXDATE" in properties
        extra_dates = tuple(self._extra_dates()) if recurring else ()
        excluded_dates = tuple(self._excluded_dates()) if recurring else ()
        in_doubt = not _IN_DOUBT.isdisjoint(self._problems)
        state = BusyState.UNKNOWN if in_doubt else busy_state(component, owner_addresses)
        return Event(
            uid=self._value("UID") or f"component-{component.ordinal}",
            ordinal=component.ordinal,
            recurrence_id=recurrence_id,
            this_and_future=this_and_future,
            sequence=self._sequence(),
            start=start,
            length=length,
            rules=self._rules("RRULE"),
            excluded_rules=self._rules("EXRULE"),
            extra_dates=extra_dates,
            excluded_dates=excluded_dates,
            state=state,
            cancelled=is_cancelled(component, method),
            revision=self._revision(),
            problems=tuple(self._problems),
        )

    def _value(self, name: str) -> str:
        rest = self._component.first(name)
        return split_rest(rest)[1] if rest else ""

    def _rules(self, name: str) -> tuple[str, ...]:
        """Return the distinct rules; an empty RRULE, as some exporters write it, is none."""
        lines = self._component.properties.get(name)
        if not lines:
            return ()
        return tuple(dict.fromkeys(rule for line in lines if (rule := split_rest(line)[1])))

    def _sequence(self) -> int:
        text = self._value("SEQUENCE")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0  # noqa: PLR2004  # RFC 5545's INTEGER

    def _revision(self) -> int | None:
        text = self._value("X-ENTENTE-REVISION")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004  # a bigint

    def _start(self) -> Moment | None:
        rest = self._component.first("DTSTART")
        if rest is None:
            self._problems.append(BrokenReason.MISSING_START)
            return None
        try:
            moment = self._moment(rest)
        except InvalidValue:
            self._problems.append(BrokenReason.INVALID_START)
            return None
        if isinstance(moment, datetime) and moment.tzinfo is None:
            return moment.replace(tzinfo=self._zones.floating)
        return moment

    def _moment(self, rest: str) -> Moment:
        parameters, value = split_rest(rest)
        return self._placed(parse_date_or_time(value), self._zone(parameters.get("TZID")))

    def _zone(self, tzid: str | None) -> tzinfo | None:
        """Return the zone of a TZID; one that nothing explains is guessed to be the calendar's."""
        if not tzid:
            return None
        zone = self._zones.find(tzid)
        if zone is None:
            self._problems.append(BrokenReason.UNKNOWN_ZONE)
            return self._zones.floating
        return zone

    @staticmethod
    def _placed(moment: Moment, zone: tzinfo | None) -> Moment:
        if zone is not None and isinstance(moment, datetime) and moment.tzinfo is None:
            return moment.replace(tzinfo=zone)
        return moment

    def _length(self, start: Moment) -> Length:
        rest = self._component.first("DTEND")
        try:
            if rest is not None:
                return self._length_to(start, self._moment(rest))
            text = self._value("DURATION")
            if text:
                return self._length_of(start, text)
        except (InvalidValue, OverflowError):
            self._problems.append(BrokenReason.INVALID_END)
            return _rest_of_day(start)
        return Length() if isinstance(start, datetime) else Length(days=1)

    def _length_to(self, start: Moment, end: Moment) -> Length:
        if isinstance(start, datetime):
            if not isinstance(end, datetime):
                self._problems.append(BrokenReason.INVALID_END)
                end = datetime.combine(end, time(), start.tzinfo)
                if in_utc(end) <= in_utc(start):
                    return _rest_of_day(start)
            if end.tzinfo is None:
                end = end.replace(tzinfo=start.tzinfo)
            exact = in_utc(end) - in_utc(start)
            if exact < _NOTHING:
                self._problems.append(BrokenReason.END_BEFORE_START)
            return Length(exact=exact)
        if isinstance(end, datetime):
            self._problems.append(BrokenReason.INVALID_END)
            end = end.date() + (_ONE_DAY if end.time() > time() else _NOTHING)
        if end < start:
            self._problems.append(BrokenReason.END_BEFORE_START)
            return Length(days=(end - start).days)
        return Length(days=(end - start).days or 1)

    def _length_of(self, start: Moment, text: str) -> Length:
        duration = parse_duration(text)
        if duration.days < 0 or duration.exact < _NOTHING:
            self._problems.append(BrokenReason.END_BEFORE_START)
        if isinstance(start, datetime):
            return Length(duration.days, duration.exact)
        days = duration.days - (-duration.exact // _ONE_DAY)
        return Length(days=days or 1)

    def _recurrence_id(self) -> tuple[Moment | None, bool]:
        rest = self._component.first("RECURRENCE-ID")
        if rest is None:
            return None, False
        try:
            moment = self._moment(rest)
        except InvalidValue:
            self._problems.append(BrokenReason.INVALID_RECURRENCE_ID)
            return None, False
        reach = split_rest(rest)[0].get("RANGE", "").upper()
        if reach not in ("", "THISANDFUTURE"):
            self._problems.append(BrokenReason.UNSUPPORTED_RANGE)
        return moment, reach == "THISANDFUTURE"

    def _excluded_dates(self) -> Iterator[Moment]:
        for zone, text in self._listed("EXDATE"):
            try:
                yield self._placed(parse_date_or_time(text), zone)
            except InvalidValue:
                self._problems.append(BrokenReason.INVALID_EXDATE)

    def _extra_dates(self) -> Iterator[tuple[Moment, Length | None]]:
        for zone, text in self._listed("RDATE"):
            begin, slash, end = text.partition("/")
            try:
                moment = self._placed(parse_date_or_time(begin), zone)
                yield moment, self._period_length(moment, end, zone) if slash else None
            except (InvalidValue, OverflowError):
                self._problems.append(BrokenReason.INVALID_RDATE)

    def _period_length(self, start: Moment, text: str, zone: tzinfo | None) -> Length:
        if isinstance(start, datetime) and start.tzinfo is None:
            start = start.replace(tzinfo=self._zones.floating)
        if text[:1] in "Pp+":
            return self._length_of(start, text)
        return self._length_to(start, self._placed(parse_date_or_time(text), zone))

    def _listed(self, name: str) -> Iterator[tuple[tzinfo | None, str]]:
        for line in self._component.properties.get(name, ()):
            parameters, values = split_rest(line)
            zone = self._zone(parameters.get("TZID"))
            for text in values.split(","):
                if text.strip():
                    yield zone, text.strip()


def _rest_of_day(start: Moment) -> Length:
    """Return how long a start lasts whose end is unreadable: to the end of its own day."""
    if not isinstance(start, datetime):
        return Length(days=1)
    if start.date() == date.max:
        return Length(exact=LATEST - in_utc(start))
    midnight = datetime.combine(start.date() + _ONE_DAY, time(), start.tzinfo)
    return Length(exact=in_utc(midnight) - in_utc(start))
