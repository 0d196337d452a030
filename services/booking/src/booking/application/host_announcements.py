"""How a host reads in the public contracts."""

from entente_contracts import (
    DateHours,
    HostChanged,
    HostStatus,
    LocalRange,
    WeekdayHours,
    WorkingHours,
)

from booking.domain import working_hours as domain
from booking.domain.host import Host


def host_changed(host: Host) -> HostChanged:
    """Announce the host as it is now."""
    return HostChanged(
        tenant_id=host.tenant_id,
        host_id=host.id,
        owner=host.owner,
        name=host.name,
        address=host.address,
        timezone=host.timezone,
        locale=host.locale,
        working_hours=_working_hours(host.working_hours),
        status=HostStatus.ACTIVE if host.active else HostStatus.INACTIVE,
        revision=host.revision,
        changed_at=host.changed_at,
    )


def _working_hours(hours: domain.WorkingHours) -> WorkingHours:
    return WorkingHours(
        weekly=tuple(
            WeekdayHours(weekday=day.weekday, hours=_ranges(day.hours)) for day in hours.weekly
        ),
        overrides=tuple(
            DateHours(day=day.day, hours=_ranges(day.hours)) for day in hours.overrides
        ),
    )


def _ranges(hours: tuple[domain.LocalRange, ...]) -> tuple[LocalRange, ...]:
    return tuple(LocalRange(start=one.start, end=one.end) for one in hours)
