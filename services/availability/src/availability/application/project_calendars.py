"""Project `calendar.events.v1`: which calendars there are, and whether they can be read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from entente_contracts import CalendarEvent, CalendarFault, CalendarState, CalendarStatus
from messaging.delivery import Arrival, Tombstone

from availability.application.changes import HostChange
from availability.application.endings import Ending, ending
from availability.domain.host import ConnectionState


@dataclass(frozen=True, slots=True)
class ProjectedCalendar:
    """A calendar.

    `removed` says that its owner took it away, so that it counts no more. One that broke stays:
    what it would say is unknown. `fault` is the connector's word for what is wrong.
    """

    calendar_id: UUID
    tenant_id: str
    host_id: UUID
    revision: int
    removed: bool
    blocks: bool
    connection: ConnectionState
    fault: str | None


class Calendars(Protocol):
    """The projected calendars. A record older than what is known changes nothing."""

    async def put(self, calendar: ProjectedCalendar, /) -> Collection[HostChange]:
        """Replace a calendar; return what that may change."""
        ...

    async def end(self, end: Ending) -> Collection[HostChange]:
        """Forget a calendar; return what that may change."""
        ...


async def project_calendars(
    calendars: Calendars, arrivals: Sequence[Arrival]
) -> Collection[HostChange]:
    """Apply the arrivals in their order."""
    changed: set[HostChange] = set()
    for arrival in arrivals:
        if isinstance(arrival, Tombstone):
            changed.update(await calendars.end(ending(arrival)))
        elif isinstance(arrival.message, CalendarEvent):
            told = arrival.message
            changed.update(await calendars.put(_calendar(told.tenant_id, told.calendar)))
    return changed


def _calendar(tenant_id: str, told: CalendarState) -> ProjectedCalendar:
    connection = _connection(told.status)
    disconnected = connection is ConnectionState.DISCONNECTED
    return ProjectedCalendar(
        calendar_id=told.calendar_id,
        tenant_id=tenant_id,
        host_id=told.host_id,
        revision=told.revision,
        removed=disconnected and told.reason == CalendarFault.REQUESTED,
        blocks=told.blocks_availability,
        connection=connection,
        fault=told.reason.value if told.reason else None,
    )


def _connection(status: CalendarStatus) -> ConnectionState:
    """Read a state; one that is not known here is trouble, not health."""
    if status.is_known:
        return ConnectionState(status.value)
    return ConnectionState.DEGRADED
