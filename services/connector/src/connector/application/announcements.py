"""How a calendar's state and its months read in the public contracts."""

from datetime import datetime

from entente_contracts import (
    CalendarConnected,
    CalendarDegraded,
    CalendarDisconnected,
    CalendarFault,
    CalendarRestored,
    CalendarSettingsChanged,
    CalendarState,
    CalendarStatus,
    Capabilities,
    Conferencing,
    Horizon,
    Message,
    Provider,
)

from connector.domain.calendar import Calendar, Fault
from connector.domain.horizon import Horizon as Months

_MAX_NAME = 256
_PUBLIC_FAULTS = {Fault.SECRET_UNREADABLE: CalendarFault.AUTHENTICATION}


def connected(calendar: Calendar) -> Message:
    """Announce that a calendar is read from now on."""
    return CalendarConnected(tenant_id=calendar.tenant_id, calendar=state_of(calendar))


def settings_changed(calendar: Calendar) -> Message:
    """Announce changed switches, name, zone or capabilities."""
    return CalendarSettingsChanged(tenant_id=calendar.tenant_id, calendar=state_of(calendar))


def degraded(calendar: Calendar) -> Message:
    """Announce that a calendar cannot be read."""
    return CalendarDegraded(tenant_id=calendar.tenant_id, calendar=state_of(calendar))


def restored(calendar: Calendar) -> Message:
    """Announce that a calendar can be read again."""
    return CalendarRestored(tenant_id=calendar.tenant_id, calendar=state_of(calendar))


def disconnected(calendar: Calendar) -> Message:
    """Announce that a calendar is not read any more."""
    return CalendarDisconnected(tenant_id=calendar.tenant_id, calendar=state_of(calendar))


def state_of(calendar: Calendar) -> CalendarState:
    """Return the calendar as the contracts show it."""
    switches, can = calendar.switches, calendar.capabilities
    fault = calendar.fault
    return CalendarState(
        calendar_id=calendar.id,
        connection_id=calendar.connection_id,
        host_id=calendar.host_id,
        provider=Provider(calendar.provider.value),
        name=calendar.name[:_MAX_NAME],
        timezone=calendar.timezone,
        capabilities=Capabilities(
            read=can.read,
            write=can.write,
            holds=can.holds,
            push=can.push,
            delta=can.delta,
            freebusy_only=can.freebusy_only,
            conferencing=Conferencing(can.conferencing.value),
            two_way=can.two_way,
            sends_own_invites=can.sends_own_invites,
            max_staleness_seconds=int(can.max_staleness.total_seconds()),
        ),
        blocks_availability=switches.blocks_availability,
        visible_to_owner=switches.visible_to_owner,
        is_default=switches.is_default,
        status=CalendarStatus(calendar.status.value),
        reason=public_fault(fault) if fault else None,
        horizon=_horizon_at(calendar.changed_at),
        revision=calendar.revision,
        changed_at=calendar.changed_at,
    )


def public_fault(fault: Fault) -> CalendarFault:
    """Return what others learn of a fault."""
    return _PUBLIC_FAULTS.get(fault) or CalendarFault(fault.value)


def _horizon_at(moment: datetime) -> Horizon:
    months = Months.at(moment)
    return Horizon(first=str(months.first), last=str(months.last))
