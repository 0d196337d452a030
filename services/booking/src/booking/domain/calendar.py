"""Hosts' calendars, as far as a booking needs to know them, and which one takes its entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class CalendarStatus(StrEnum):
    """Whether a calendar can be reached."""

    CONNECTED = "connected"
    DEGRADED = "degraded"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar of a host. `holds`: it takes tentative entries."""

    id: UUID
    tenant_id: str
    host_id: UUID
    writable: bool
    holds: bool
    conferencing: bool
    blocks: bool
    is_default: bool
    status: CalendarStatus
    revision: int

    @property
    def is_connected(self) -> bool:
        """Whether the owner still has it connected, working or not."""
        return self.status is not CalendarStatus.DISCONNECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How an entry reaches a host.

    A calendar that cannot be written still gets the command: the last look is taken there, and
    the answer says that a mail has to do. `looked_at` are all calendars that block the host,
    `connected` all that could be asked.
    """

    calendar_id: UUID
    by_mail: bool
    holds: bool
    looked_at: tuple[UUID, ...]
    connected: tuple[UUID, ...]


def route_to(calendars: Iterable[Calendar]) -> Route | None:
    """Return the route to a host with these calendars, None when none is connected.

    The default calendar receives everything (it may be a read-only one: then by mail). Without
    one, a calendar that can be written is better than one that cannot.
    """
    connected = [calendar for calendar in calendars if calendar.is_connected]
    if not connected:
        return None
    chosen = min(connected, key=lambda c: (not c.is_default, not c.writable, c.id))
    return Route(
        calendar_id=chosen.id,
        by_mail=not chosen.writable,
        holds=chosen.writable and chosen.holds,
        looked_at=tuple(sorted(c.id for c in connected if c.blocks)),
        connected=tuple(sorted(c.id for c in connected)),
    )
