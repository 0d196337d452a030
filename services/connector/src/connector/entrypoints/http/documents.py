"""What the API takes and shows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from connector.domain.calendar import Calendar, CalendarStatus, Fault, Provider
from connector.domain.connection import Connection, ConnectionStatus
from connector.domain.sync_state import SyncState

D = TypeVar("D", bound=date)
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
"""Whatever zone and whatever days around it are looked at, dates do not end there."""


class Document(BaseModel):
    """A body; fields that nobody knows are refused, as they are most likely misspelt."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


def _in_reach(given: D) -> D:
    if not _FIRST_YEAR <= given.year <= _LAST_YEAR:
        raise ValueError(f"between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return given


Day = Annotated[date, AfterValidator(_in_reach)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]


class CapabilitiesShown(Document):
    """What can be done with a calendar."""

    read: bool
    write: bool
    holds: bool
    """Takes tentative entries for dates that are only proposed."""
    push: bool
    delta: bool
    freebusy_only: bool
    conferencing: str
    two_way: bool
    sends_own_invites: bool
    max_staleness_seconds: float


class CalendarShown(Document):
    """A calendar of a connection."""

    id: UUID
    connection_id: UUID
    provider: Provider
    name: str
    timezone: str | None = Field(description="IANA name")
    status: CalendarStatus
    reason: Fault | None = Field(description="Why it is degraded or disconnected")
    capabilities: CapabilitiesShown
    takes_entries: bool = Field(description="Can be the default: bookings reach it")
    blocks_availability: bool
    visible_to_owner: bool
    is_default: bool

    @classmethod
    def of(cls, calendar: Calendar) -> Self:
        """Show a calendar."""
        can, switches = calendar.capabilities, calendar.switches
        return cls(
            id=calendar.id,
            connection_id=calendar.connection_id,
            provider=calendar.provider,
            name=calendar.name,
            timezone=calendar.timezone,
            status=calendar.status,
            reason=calendar.fault,
            capabilities=CapabilitiesShown(
                read=can.read,
                write=can.write,
                holds=can.holds,
                push=can.push,
                delta=can.delta,
                freebusy_only=can.freebusy_only,
                conferencing=can.conferencing.value,
                two_way=can.two_way,
                sends_own_invites=can.sends_own_invites,
                max_staleness_seconds=can.max_staleness.total_seconds(),
            ),
            takes_entries=calendar.takes_entries,
            blocks_availability=switches.blocks_availability,
            visible_to_owner=switches.visible_to_owner,
            is_default=switches.is_default,
        )


class CalendarWithFreshness(CalendarShown):
    """A calendar, and how far it was read."""

    as_of: datetime | None = Field(description="Its picture is as old as this; null: never read")
    next_sync_at: datetime | None

    @classmethod
    def read(cls, calendar: Calendar, state: SyncState) -> Self:
        """Show a calendar with its freshness."""
        shown = CalendarShown.of(calendar).model_dump()
        return cls(**shown, as_of=state.as_of, next_sync_at=state.next_sync_at)


class ConnectionShown(Document):
    """A connected account. Its address and credentials are never shown."""

    id: UUID
    host_id: UUID
    provider: Provider
    server: str = Field(description="host:port of the account")
    status: ConnectionStatus
    created_at: datetime
    calendars: list[CalendarShown]

    @classmethod
    def of(cls, connection: Connection, calendars: Sequence[Calendar]) -> Self:
        """Show a connection with its calendars."""
        return cls(
            id=connection.id,
            host_id=connection.host_id,
            provider=connection.provider,
            server=connection.server,
            status=connection.status,
            created_at=connection.created_at,
            calendars=[CalendarShown.of(calendar) for calendar in calendars],
        )
