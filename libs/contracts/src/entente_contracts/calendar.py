"""Calendars: what is connected, what it can do, and whether it can be read at present."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from entente_contracts.message import Event, PersonalData
from entente_contracts.topics import CALENDAR_EVENTS
from entente_contracts.values import (
    Instant,
    Month,
    Name,
    OpenEnum,
    Revision,
    Value,
    ZoneName,
)


class Provider(OpenEnum):
    """Where a calendar lives."""

    ICS = "ics"
    CALDAV = "caldav"
    INHOUSE = "inhouse"
    GOOGLE = "google"
    MICROSOFT = "microsoft"
    EXCHANGE = "exchange"
    ZOHO = "zoho"


class Conferencing(OpenEnum):
    """Which conference link a calendar can make for an entry."""

    NONE = "none"
    MEET = "meet"
    TEAMS = "teams"


class CalendarStatus(OpenEnum):
    """Whether a calendar can be read. A degraded one keeps its last good picture."""

    CONNECTED = "connected"
    DEGRADED = "degraded"
    DISCONNECTED = "disconnected"


class CalendarFault(OpenEnum):
    """Why a calendar is degraded or was disconnected."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NETWORK = "network"
    THROTTLED = "throttled"
    GONE = "gone"
    NOT_A_CALENDAR = "not_a_calendar"
    INVALID_ANSWER = "invalid_answer"
    TOO_LARGE = "too_large"
    ADDRESS_REFUSED = "address_refused"
    MASS_DELETION = "mass_deletion"
    """A read would have removed most of the calendar; a person has to say that it is meant."""
    REQUESTED = "requested"
    """The owner disconnected it."""


class Capabilities(Value):
    """What can be done with a calendar, as its provider and the granted permissions allow."""

    read: bool
    write: bool
    holds: bool
    """Takes tentative entries for dates that are only proposed."""
    push: bool
    """Tells of changes by itself."""
    delta: bool
    """Can be read by differences."""
    freebusy_only: bool
    conferencing: Conferencing
    two_way: bool
    """Moves and deletions made in the provider's own app reach the booking."""
    sends_own_invites: bool
    """Mails attendees by itself unless told not to."""
    max_staleness_seconds: Annotated[int, Field(ge=0)]
    """How old its picture may be while everything works."""


class Horizon(Value):
    """The months a calendar is read for; both are included."""

    first: Month
    last: Month

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.last < self.first:
            raise ValueError("a horizon's last month is not before its first")
        return self


class CalendarState(Value):
    """A whole calendar. `revision` counts changes of this state, not readings of the calendar."""

    calendar_id: UUID
    connection_id: UUID
    host_id: UUID
    provider: Provider
    name: Name
    timezone: ZoneName | None = None
    capabilities: Capabilities
    blocks_availability: bool
    visible_to_owner: bool
    is_default: bool
    """Receives the host's bookings."""
    status: CalendarStatus
    reason: CalendarFault | None = None
    horizon: Horizon
    revision: Revision
    changed_at: Instant


class CalendarEvent(Event):
    """A change of a calendar; the whole calendar as it is since."""

    topic = CALENDAR_EVENTS
    personal_data = PersonalData.PERSONAL

    calendar: CalendarState

    def key(self) -> str:
        """Return the calendar id."""
        return str(self.calendar.calendar_id)

    def subject(self) -> str:
        """Return the calendar id."""
        return str(self.calendar.calendar_id)

    def version(self) -> int:
        """Return the calendar's revision."""
        return self.calendar.revision


class CalendarConnected(CalendarEvent):
    """A calendar was connected, or connected again. Its months follow as CalendarChanged."""

    type = "entente.calendar.connected.v1"


class CalendarSettingsChanged(CalendarEvent):
    """The owner's switches, the name, the zone or what is permitted changed."""

    type = "entente.calendar.settings_changed.v1"


class CalendarDegraded(CalendarEvent):
    """A calendar cannot be read or written as before; what is known of it grows old."""

    type = "entente.calendar.degraded.v1"


class CalendarRestored(CalendarEvent):
    """A degraded calendar works again."""

    type = "entente.calendar.restored.v1"


class CalendarDisconnected(CalendarEvent):
    """A calendar is no longer connected. A tombstone for each of its months follows."""

    type = "entente.calendar.disconnected.v1"
