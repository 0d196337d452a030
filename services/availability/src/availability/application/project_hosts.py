"""Project `host.events.v1`: who can be asked about, where they live and when they work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from entente_contracts import HostChanged, HostStatus, LocalRange
from entente_contracts import WorkingHours as ToldHours
from messaging.delivery import Arrival, UnreadableRecordError

from availability.application.changes import HostChange
from availability.application.project_in_turns import Projection, project_in_turns
from availability.domain.errors import RuleError
from availability.domain.wall_clock import zone_named
from availability.domain.working_hours import DAYS_OF_WEEK, DatedHours, Hours, WorkingHours


@dataclass(frozen=True, slots=True)
class ProjectedHost:
    """A host; `timezone` is an IANA zone that is known here."""

    host_id: UUID
    tenant_id: str
    revision: int
    active: bool
    timezone: str
    hours: WorkingHours


async def project_hosts(
    hosts: Projection[ProjectedHost], arrivals: Sequence[Arrival]
) -> Collection[HostChange]:
    """Apply the arrivals, those of one host in their order."""
    return await project_in_turns(hosts, arrivals, read=_read, id_of=attrgetter("host_id"))


def _read(message: object) -> ProjectedHost | None:
    return _host(message) if isinstance(message, HostChanged) else None


def _host(told: HostChanged) -> ProjectedHost:
    """Read a host; one with an unknown zone or overlapping hours keeps what was known before."""
    try:
        zone_named(told.timezone)
        hours = _hours(told.working_hours)
    except RuleError as error:
        raise UnreadableRecordError("unusable_host", str(error)) from error
    return ProjectedHost(
        host_id=told.host_id,
        tenant_id=told.tenant_id,
        revision=told.revision,
        active=told.status == HostStatus.ACTIVE,
        timezone=told.timezone,
        hours=hours,
    )


def _hours(told: ToldHours) -> WorkingHours:
    """Read hours; a weekday named twice has both its lists."""
    weekly: list[tuple[Hours, ...]] = [()] * DAYS_OF_WEEK
    for day in told.weekly:
        weekly[day.weekday - 1] += _ranges(day.hours)
    overrides = tuple(DatedHours(dated.day, _ranges(dated.hours)) for dated in told.overrides)
    return WorkingHours(tuple(weekly), overrides)


def _ranges(told: Sequence[LocalRange]) -> tuple[Hours, ...]:
    return tuple(Hours.between(hours.start, hours.end) for hours in told)
