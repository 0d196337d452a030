"""Project `host.events.v1`: who can be asked about, where they live and when they work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from entente_contracts import HostChanged, HostStatus, LocalRange
from entente_contracts import WorkingHours as ToldHours
from messaging.delivery import Arrival, Tombstone, UnreadableRecordError

from availability.application.changes import HostChange
from availability.application.endings import Ending, ending
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


class Hosts(Protocol):
    """The projected hosts. A record older than what is known changes nothing."""

    async def put(self, host: ProjectedHost, /) -> Collection[HostChange]:
        """Replace a host; return what that may change."""
        ...

    async def end(self, end: Ending) -> Collection[HostChange]:
        """Forget a host; return what that may change."""
        ...


async def project_hosts(hosts: Hosts, arrivals: Sequence[Arrival]) -> Collection[HostChange]:
    """Apply the arrivals in their order."""
    changed: set[HostChange] = set()
    for arrival in arrivals:
        if isinstance(arrival, Tombstone):
            changed.update(await hosts.end(ending(arrival)))
        elif isinstance(arrival.message, HostChanged):
            changed.update(await hosts.put(_host(arrival.message)))
    return changed


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
