"""How far the picture of a calendar can be trusted at a given moment."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from availability.domain.host import Calendar, ConnectionState, Host


class SourceState(StrEnum):
    """The condition of a calendar as a source of busy time."""

    FRESH = "fresh"
    STALE = "stale"
    DEGRADED = "degraded"
    DISCONNECTED = "disconnected"
    NEVER_READ = "never_read"


class SourceReport(NamedTuple):
    """What an answer says of a calendar that it rests on; `as_of` None means never read."""

    calendar_id: UUID
    state: SourceState
    as_of: int | None
    fault: str | None = None


def is_overdue(calendar: Calendar, now: int, bound: int) -> bool:
    """Tell whether the picture is older than `bound` seconds; one exactly as old is not."""
    return calendar.as_of is not None and now - calendar.as_of > bound


def source_state(calendar: Calendar, now: int, bound: int) -> SourceState:
    """Return the state to report; a degraded calendar is degraded however old its picture is."""
    if calendar.connection is ConnectionState.DISCONNECTED:
        return SourceState.DISCONNECTED
    if calendar.as_of is None:
        return SourceState.NEVER_READ
    if calendar.connection is ConnectionState.DEGRADED:
        return SourceState.DEGRADED
    return SourceState.STALE if is_overdue(calendar, now, bound) else SourceState.FRESH


def source_reports(host: Host, now: int, bound: int) -> Sequence[SourceReport]:
    """Report on every calendar of `host` that blocks, in the order given."""
    return [
        SourceReport(it.calendar_id, source_state(it, now, bound), it.as_of, it.fault)
        for it in host.calendars
        if it.blocks_availability
    ]


def needs_recheck(host: Host, now: int, bound: int) -> bool:
    """Tell whether a blocking calendar's picture is overdue and another look could help."""
    return any(
        calendar.blocks_availability
        and calendar.connection is not ConnectionState.DISCONNECTED
        and is_overdue(calendar, now, bound)
        for calendar in host.calendars
    )
