"""Which zone a TZID means."""

import re
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from connector.domain.limits import Work
from connector.domain.window import Window
from connector.icalendar.content_line import split_rest
from connector.icalendar.observances import observed_zone
from connector.icalendar.scan import Component

_OFFSET_NAME = re.compile(r"(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_LONGEST_PATH = 3
_LONGEST_NAME = 255
_LARGEST_OFFSET = timedelta(hours=14)


class UnknownZone(ValueError):  # noqa: N818  # the name states the fact
    """The zone that everything else rests on is none that is known here."""


@lru_cache(maxsize=1024)
def iana_zone(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA or Windows name, also behind a vendor's path; None otherwise.

    Windows names follow CLDR's windowsZones table. A path such as
    `/mozilla.org/20070129_1/Europe/Paris` stands for the IANA name at its end.
    """
    if not name or len(name) > _LONGEST_NAME:
        return None
    name = WINDOWS_TO_OLSON.get(name, name)
    parts = name.strip("/").split("/")
    shortest = 2 if name.startswith("/") else len(parts)
    for length in range(min(_LONGEST_PATH, len(parts)), shortest - 1, -1):
        zone = _zone_file("/".join(parts[-length:]))
        if zone is not None:
            return zone
    return None


def _zone_file(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key)
    except (OSError, ValueError, KeyError):  # no such file, a folder, or a path outside the base
        return None


class Zones:
    """The zones of one VCALENDAR.

    An IANA or Windows name wins over a VTIMEZONE of that name, whose rules are often cut short or
    wrong; a VTIMEZONE is honoured where the TZID is no such name.
    """

    def __init__(self, calendar: Component, default: tzinfo, window: Window, work: Work) -> None:
        self._window = window
        self._work = work
        self._definitions = _definitions(calendar)
        self._found: dict[str, tzinfo | None] = {}
        named = calendar.first("X-WR-TIMEZONE")
        self.calendar_zone = self.find(split_rest(named)[1]) if named else None
        self.floating: tzinfo = self.calendar_zone or default

    def find(self, tzid: str) -> tzinfo | None:
        """Return the zone of a TZID, None when nothing says what it is."""
        if tzid not in self._found:
            self._found[tzid] = self._find(tzid)
        return self._found[tzid]

    @property
    def name(self) -> str | None:
        """The IANA name of X-WR-TIMEZONE, else of the only VTIMEZONE; None when there is none."""
        zone = self.calendar_zone
        if zone is None and len(self._definitions) == 1:
            zone = self.find(next(iter(self._definitions)))
        return zone.key if isinstance(zone, ZoneInfo) else None

    def _find(self, tzid: str) -> tzinfo | None:
        if tzid.upper() in ("UTC", "Z", "GMT"):
            return UTC
        zone = iana_zone(tzid)
        if zone is not None:
            return zone
        definition = self._definitions.get(tzid)
        if definition is None:
            return _offset_zone(tzid)
        location = definition.first("X-LIC-LOCATION")
        return (iana_zone(split_rest(location)[1]) if location else None) or observed_zone(
            definition, self._window, self._work
        )


def _definitions(calendar: Component) -> Mapping[str, Component]:
    definitions: dict[str, Component] = {}
    for child in calendar.children:
        tzid = child.first("TZID")
        if child.name == "VTIMEZONE" and tzid:
            definitions.setdefault(split_rest(tzid)[1].strip('"'), child)
    return definitions


def _offset_zone(tzid: str) -> tzinfo | None:
    match = _OFFSET_NAME.fullmatch(tzid)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset > _LARGEST_OFFSET:
        return None
    return timezone(-offset if match[1] == "-" else offset)
