"""What one body of iCalendar data says about busy time in a window."""

from dataclasses import dataclass
from enum import StrEnum

from connector.domain.occurrence import Occurrence
from connector.domain.own_event import OwnEvent
from connector.domain.window import Window


class NotACalendar(Exception):  # noqa: N818  # the name states the fact
    """The body is not a complete iCalendar stream: HTML, empty, or cut before END:VCALENDAR."""


class BrokenReason(StrEnum):
    """Why an event could not be read as it stands."""

    MISSING_START = "missing_start"
    INVALID_START = "invalid_start"
    INVALID_END = "invalid_end"
    END_BEFORE_START = "end_before_start"
    UNKNOWN_ZONE = "unknown_zone"
    INVALID_RULE = "invalid_rule"
    RULE_TOO_COSTLY = "rule_too_costly"
    INVALID_RDATE = "invalid_rdate"
    INVALID_EXDATE = "invalid_exdate"
    INVALID_RECURRENCE_ID = "invalid_recurrence_id"
    UNSUPPORTED_RANGE = "unsupported_range"
    MALFORMED_COMPONENT = "malformed_component"
    INVALID_FREE_BUSY = "invalid_free_busy"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True, slots=True)
class BrokenEvent:
    """A report for the owner: which UID, why, and the line its component begins at, from 1."""

    uid: str
    reason: BrokenReason
    line: int


@dataclass(frozen=True, slots=True)
class Expansion:
    """The occurrences of a calendar that have a part in `window`, by start.

    An event named in `broken` whose time is known has occurrences in the state `unknown`; one
    whose time is not known has none. `own` are the entries of ours, in the window or not.
    `timezone` is an IANA name.
    """

    window: Window
    occurrences: tuple[Occurrence, ...]
    broken: tuple[BrokenEvent, ...]
    own: tuple[OwnEvent, ...] = ()
    name: str | None = None
    timezone: str | None = None
