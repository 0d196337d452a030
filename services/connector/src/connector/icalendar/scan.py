"""A lean reader of iCalendar streams: only the properties that busy time depends on.

Everything else, alarms first of all, is dropped before anything looks at it.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from connector.domain.expansion import NotACalendar
from connector.domain.limits import Limit, LimitExceeded, Limits

_BOM = b"\xef\xbb\xbf"
_READ = (
    "BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXRULE|EXDATE|RECURRENCE-ID|SEQUENCE|STATUS"
    "|TRANSP|METHOD|ATTENDEE|ORGANIZER|FREEBUSY|TZID|TZOFFSETFROM|TZOFFSETTO|X-LIC-LOCATION"
    "|X-MICROSOFT-CDO-BUSYSTATUS|X-ENTENTE-BOOKING|X-ENTENTE-REVISION"
    "|X-WR-TIMEZONE|X-WR-CALNAME|NAME"
)
_BEGIN = re.compile(rb"^BEGIN[ \t]*:", re.IGNORECASE)
_CALENDAR = "VCALENDAR"
_KEPT = {
    "VEVENT": _CALENDAR,
    "VFREEBUSY": _CALENDAR,
    "VTIMEZONE": _CALENDAR,
    "STANDARD": "VTIMEZONE",
    "DAYLIGHT": "VTIMEZONE",
}


@dataclass(slots=True)
class Component:
    """A component with the properties that are read: name → what follows the name, per line.

    `ordinal` counts the components of the stream from 0. A component whose BEGIN and END do not
    match is `malformed`: what it holds cannot be trusted to be all of it.
    """

    name: str
    ordinal: int
    properties: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    children: list["Component"] = field(default_factory=list["Component"])
    malformed: bool = False

    def first(self, name: str) -> str | None:
        """Return what follows the name on the first such line, None where there is none."""
        lines = self.properties.get(name)
        return lines[0] if lines else None


def scan(content: bytes, limits: Limits, also: tuple[str, ...] = ()) -> list[Component]:
    """Return the VCALENDARs of a stream; `also` names further properties to read.

    Raises `NotACalendar` when the body does not begin with one or ends inside one, and
    `LimitExceeded` for bytes, line length, components or depth.
    """
    if len(content) > limits.bytes:
        raise LimitExceeded(Limit.BYTES)
    text = "\n" + _unfolded(content).decode("utf-8", errors="replace")
    if not text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise NotACalendar("The body does not begin with a calendar.")
    return _Reader(limits).read(text, _lines(also))


@cache
def _lines(also: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\n({'|'.join((_READ, *also))})([;:][^\n]*)", re.IGNORECASE)


def line_of(content: bytes, ordinal: int) -> int:
    """Return the line, from 1, at which the component with that ordinal begins."""
    seen = -1
    number = 0
    for number, line in enumerate(_with_plain_newlines(content).split(b"\n"), start=1):
        if _BEGIN.match(line):
            seen += 1
            if seen == ordinal:
                return number
    return number


def _with_plain_newlines(content: bytes) -> bytes:
    """Return the body with LF ends; CR CR LF is what text mode makes of CRLF on Windows.

    A NUL, which no line may hold (RFC 5545 §3.1), goes: PostgreSQL takes none.
    """
    content = content.removeprefix(_BOM).replace(b"\0", b"")
    return content.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _unfolded(content: bytes) -> bytes:
    """Undo folding before decoding: a fold may stand inside a multi-byte character.

    Blank lines go first, since some exporters put one before each continuation.
    """
    content = _with_plain_newlines(content)
    while b"\n\n" in content:
        content = content.replace(b"\n\n", b"\n")
    return content.replace(b"\n ", b"").replace(b"\n\t", b"")


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._calendars: list[Component] = []
        self._open: list[tuple[str, Component | None]] = []
        self._begun = 0

    def read(self, text: str, lines: re.Pattern[str]) -> list[Component]:
        longest = self._limits.line_length
        properties: dict[str, list[str]] | None = None
        for written_name, rest in lines.findall(text):
            name = written_name.upper()
            if name == "BEGIN":
                component = self._begin(rest[1:].strip().upper())
                properties = None if component is None else component.properties
            elif name == "END":
                component = self._end(rest[1:].strip().upper())
                properties = None if component is None else component.properties
            elif properties is not None:
                if len(rest) > longest:
                    raise LimitExceeded(Limit.LINE_LENGTH)
                if name in properties:
                    properties[name].append(rest)
                else:
                    properties[name] = [rest]
        if self._open:
            raise NotACalendar("The body ends inside a calendar.")
        return self._calendars

    def _begin(self, name: str) -> Component | None:
        ordinal = self._begun
        self._begun += 1
        if self._begun > self._limits.components:
            raise LimitExceeded(Limit.COMPONENTS)
        if name in _KEPT:
            self._abandon_until(_KEPT[name])
        if len(self._open) >= self._limits.depth:
            raise LimitExceeded(Limit.DEPTH)
        component = None
        if name == _CALENDAR and not self._open:
            component = Component(name, ordinal)
            self._calendars.append(component)
        elif name in _KEPT and self._open and self._open[-1][0] == _KEPT[name]:
            component = Component(name, ordinal)
            parent = self._open[-1][1]
            if parent is not None:
                parent.children.append(component)
        self._open.append((name, component))
        return component

    def _end(self, name: str) -> Component | None:
        if self._open and self._open[-1][0] == name:
            self._open.pop()
        elif any(opened == name for opened, _ in self._open):
            self._abandon_until(name)
            self._open.pop()
        elif self._open:
            self._mark_malformed(len(self._open) - 1)
        return self._open[-1][1] if self._open else None

    def _abandon_until(self, name: str) -> None:
        """Close what was left open inside the innermost component of that name."""
        while self._open and self._open[-1][0] != name:
            if not any(opened == name for opened, _ in self._open):
                return
            self._mark_malformed(len(self._open) - 1)
            self._open.pop()

    def _mark_malformed(self, index: int) -> None:
        """Mark the component and, as its lines may have been taken for a child's, its parents."""
        for _, component in self._open[1 : index + 1]:
            if component is not None:
                component.malformed = True
