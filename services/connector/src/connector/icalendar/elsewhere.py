"""Events that lie outside the window at first glance, and need not be read.

Most of what a calendar holds is long past. Reading an event takes ten times as long as seeing that.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta

from connector.domain.window import Window
from connector.icalendar.content_line import split_rest
from connector.icalendar.scan import Component
from connector.icalendar.zones import Zones

# Days that every month has: a date that may not exist is left to those who report it.
_PLAIN = re.compile(
    r"(;TZID=(?P<zone>[\w/+-]+)|;VALUE=DATE|)"
    r":(?P<time>[1-9]\d{3}(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])"
    r"(?P<clock>T(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?P<utc>Z?))?)"
)
_ZONE_SLACK = timedelta(days=2)
_MORE_THAN_TIMES = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")


class Elsewhere:
    """The single events of a stream that say plainly, and truly, that they are outside the window.

    An event that shares its UID is not among them: one that lies elsewhere now may replace one that
    does not. Nor are entries of ours, and whatever somebody would have to be told about.
    """

    def __init__(
        self, calendars: Iterable[Component], window: Window, own_uids: Collection[str]
    ) -> None:
        self._after = f"{window.end + _ZONE_SLACK:%Y%m%d}"
        self._before = f"{window.start - _ZONE_SLACK:%Y%m%d}"
        self._own_uids = own_uids
        self._bearers = Counter(
            _uid(component) for calendar in calendars for component in calendar.children
        )

    def holds(self, event: Component, zones: Zones) -> bool:
        """Tell whether nothing of the event can be in the window."""
        properties = event.properties
        if event.malformed or any(name in properties for name in _MORE_THAN_TIMES):
            return False
        begin, finish = event.first("DTSTART"), event.first("DTEND")
        if begin is None or finish is None:
            return False
        start, end = _PLAIN.fullmatch(begin), _PLAIN.fullmatch(finish)
        if start is None or end is None or not _alike(start, end):
            return False
        if not (start["time"] >= self._after or end["time"] < self._before):
            return False
        uid = _uid(event)
        if not uid or self._bearers[uid] > 1 or uid in self._own_uids:
            return False
        zone = start["zone"]
        return zone is None or zones.find(zone) is not None


def _alike(start: re.Match[str], end: re.Match[str]) -> bool:
    """Tell whether the texts can be compared, and come in order."""
    return (
        start[1] == end[1]
        and (start["clock"] is None) == (end["clock"] is None)
        and start["utc"] == end["utc"]
        and start["time"] <= end["time"]
    )


def _uid(component: Component) -> str:
    rest = component.first("UID")
    if not rest:
        return ""
    return rest[1:].strip() if rest[0] == ":" else split_rest(rest)[1]
