"""Project `calendar.events.v1`: which calendars there are, and whether they can be read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from entente_contracts import CalendarEvent, CalendarFault, CalendarState, CalendarStatus
from messaging.delivery import Arrival

from availability.application.changes import HostChange
from availability.application.project_in_turns import Projection, project_in_turns
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


async def project_calendars(
    calendars: Projection[ProjectedCalendar], arrivals: Sequence[Arrival]
) -> Collection[HostChange]:
    """Apply the arrivals, those of one calendar in their order."""
    return await project_in_turns(calendars, arrivals, read=_read, id_of=attrgetter("calendar_id"))


def _read(message: object) -> ProjectedCalendar | None:
    if isinstance(message, CalendarEvent):
        return _calendar(message.tenant_id, message.calendar)
    return None


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
