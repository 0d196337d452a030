"""iCalendar data → occurrences in a window: the only entry to this package."""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType
from uuid import UUID

from connector.domain.expansion import BrokenEvent, BrokenReason, Expansion
from connector.domain.limits import Limit, LimitExceeded, Limits, Work
from connector.domain.occurrence import AllDayOccurrence, Occurrence, TimedOccurrence
from connector.domain.own_event import OwnEvent
from connector.domain.window import Window
from connector.icalendar.content_line import split_rest
from connector.icalendar.elsewhere import Elsewhere
from connector.icalendar.event import Event
from connector.icalendar.free_busy import free_busy, uid_of
from connector.icalendar.own_event import own_events
from connector.icalendar.read_event import read_event
from connector.icalendar.scan import Component, line_of, scan
from connector.icalendar.series import SeriesExpander
from connector.icalendar.values import parse_text
from connector.icalendar.zones import UnknownZone, Zones, iana_zone

DEFAULT_LIMITS = Limits()
NO_UIDS: Mapping[str, UUID] = MappingProxyType({})


def expand(
    content: bytes,
    window: Window,
    *,
    owner_addresses: frozenset[str],
    default_zone: str,
    limits: Limits = DEFAULT_LIMITS,
    own_uids: Mapping[str, UUID] = NO_UIDS,
) -> Expansion:
    """Return the occurrences that a body of one or more VCALENDARs has in the window.

    `owner_addresses` are the mail addresses of the calendar's owner, whose PARTSTAT counts.
    `default_zone` is the IANA name of the owner's zone, for floating times of a calendar without
    X-WR-TIMEZONE. `own_uids` names the bookings whose UIDs these are: their entries are ours even
    where a mailed invitation came without our tag, and nothing else is, as apps copy the tag. Each
    UID stands alone: a broken one is reported and never hides another. An event that is plainly
    outside the window is not looked at closer.

    Raises `NotACalendar` and `LimitExceeded`, both of which mean that nothing is known of the
    busy time, and `UnknownZone` for a default zone that does not exist.
    """
    zone = iana_zone(default_zone)
    if zone is None:
        raise UnknownZone("The default zone is not a known time zone.")
    owners = frozenset(address.lower() for address in owner_addresses)
    return _Expander(content, window, zone, owners, limits, own_uids=own_uids).expand()


class _Expander:
    def __init__(
        self,
        content: bytes,
        window: Window,
        default_zone: tzinfo,
        owners: frozenset[str],
        limits: Limits,
        *,
        own_uids: Mapping[str, UUID],
    ) -> None:
        self._content = content
        self._window = window
        self._default_zone = default_zone
        self._owners = owners
        self._limits = limits
        self._own_uids = own_uids
        self._own: list[OwnEvent] = []
        self._work = Work(limits)
        self._timed: list[TimedOccurrence] = []
        self._all_day: list[AllDayOccurrence] = []
        self._count = 0
        self._broken: dict[tuple[str, BrokenReason], int] = {}

    def expand(self) -> Expansion:
        calendars = scan(self._content, self._limits)
        zones = [
            Zones(calendar, self._default_zone, self._window, self._work) for calendar in calendars
        ]
        series: dict[str, list[Event]] = {}
        elsewhere = Elsewhere(calendars, self._window, self._own_uids)
        for calendar, own_zones in zip(calendars, zones, strict=True):
            self._read(calendar, own_zones, elsewhere, series)
        expander = SeriesExpander(self._window, self._work, self._add, self._report)
        for events in series.values():
            try:
                self._expand_series(expander, events)
            except OverflowError:
                self._report(events[0], BrokenReason.OUT_OF_RANGE)
                expander.give_up(events)
        self._timed.sort(key=lambda occurrence: (occurrence.start, occurrence.end, occurrence.uid))
        self._all_day.sort(key=lambda occurrence: (occurrence.start_date, occurrence.uid))
        return Expansion(
            window=self._window,
            occurrences=(*self._timed, *self._all_day),
            broken=self._broken_events(),
            own=tuple(self._own),
            name=_name(calendars[0]),
            timezone=zones[0].name,
        )

    def _read(
        self,
        calendar: Component,
        zones: Zones,
        elsewhere: Elsewhere,
        series: dict[str, list[Event]],
    ) -> None:
        rest = calendar.first("METHOD")
        method = split_rest(rest)[1].upper() if rest else ""
        for component in calendar.children:
            if component.name == "VFREEBUSY":
                self._read_free_busy(component)
            elif component.name == "VEVENT" and not elsewhere.holds(component, zones):
                self._read_event(component, zones, method, series)

    def _read_event(
        self, component: Component, zones: Zones, method: str, series: dict[str, list[Event]]
    ) -> None:
        event = read_event(component, zones=zones, method=method, owner_addresses=self._owners)
        series.setdefault(event.uid, []).append(event)

    def _expand_series(self, expander: SeriesExpander, events: list[Event]) -> None:
        """Expand one UID; note it if it is that of an entry of ours."""
        booking_id = self._own_uids.get(events[0].uid)
        if booking_id is not None:
            self._own += own_events(events, booking_id)
        expander.expand(events, booking_id)

    def _read_free_busy(self, component: Component) -> None:
        for occurrence in free_busy(component):
            if occurrence is None:
                reason = BrokenReason.INVALID_FREE_BUSY
                self._note(uid_of(component), reason, component.ordinal)
            elif self._window.covers(occurrence.start, occurrence.end):
                self._add(occurrence)

    def _add(self, occurrence: Occurrence) -> None:
        self._count += 1
        if self._count > self._limits.occurrences:
            raise LimitExceeded(Limit.OCCURRENCES)
        if isinstance(occurrence, TimedOccurrence):
            self._timed.append(occurrence)
        else:
            self._all_day.append(occurrence)

    def _report(self, event: Event, reason: BrokenReason) -> None:
        self._note(event.uid, reason, event.ordinal)

    def _note(self, uid: str, reason: BrokenReason, ordinal: int) -> None:
        self._broken.setdefault((uid, reason), ordinal)

    def _broken_events(self) -> tuple[BrokenEvent, ...]:
        return tuple(
            BrokenEvent(uid, reason, line_of(self._content, ordinal))
            for (uid, reason), ordinal in self._broken.items()
        )


def _name(calendar: Component) -> str | None:
    rest = calendar.first("X-WR-CALNAME") or calendar.first("NAME")
    text = split_rest(rest)[1] if rest else ""
    return parse_text(text) or None
