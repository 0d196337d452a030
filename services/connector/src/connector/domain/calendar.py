"""A calendar: what it can do, what its owner wants of it, and whether it can be read."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connector.domain.source import Access, Capabilities, FailureKind


class Provider(StrEnum):
    """Where a calendar lives."""

    ICS = "ics"
    CALDAV = "caldav"
    INHOUSE = "inhouse"


BY_MAIL = frozenset({Provider.ICS, Provider.INHOUSE})
"""Their owner gets entries as mailed invitations, which reach the calendar when accepted."""


class CalendarStatus(StrEnum):
    """Whether a calendar is read."""

    AVAILABLE = "available"
    """The account can see it, its owner has not chosen it."""
    CONNECTED = "connected"
    DEGRADED = "degraded"
    """It cannot be read at present; its last good picture stays and blocks."""
    DISCONNECTED = "disconnected"


class Fault(StrEnum):
    """Why a calendar is degraded or disconnected: a failure of its source, or one of ours."""

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
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a fault, not a secret
    REQUESTED = "requested"

    @classmethod
    def of(cls, kind: FailureKind) -> "Fault":
        """Return the fault a source's failure amounts to."""
        return cls(kind.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What the owner sets for one calendar."""

    blocks_availability: bool
    visible_to_owner: bool
    is_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One calendar of a connection. `revision` counts changes of this state, from 1.

    `remote_id` is its source's name for it. `timezone` is an IANA name, None where unknown.
    """

    id: UUID
    tenant_id: str
    connection_id: UUID
    host_id: UUID
    provider: Provider
    remote_id: str = field(repr=False)
    name: str
    timezone: str | None
    capabilities: Capabilities
    switches: Switches
    status: CalendarStatus
    fault: Fault | None
    revision: int
    changed_at: datetime

    def __post_init__(self) -> None:
        """Refuse states that contradict themselves."""
        if (self.fault is not None) != (not self.is_healthy):
            raise ValueError("a calendar has a fault exactly while it is degraded or disconnected")
        if self.switches.is_default and not self.is_read:
            raise ValueError("only a calendar that is read can be the default")
        if self.switches.is_default and not self.takes_entries:
            raise ValueError("the default takes entries")

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.status in {CalendarStatus.AVAILABLE, CalendarStatus.CONNECTED}

    @property
    def is_read(self) -> bool:
        """Whether its busy time counts."""
        return self.status in {CalendarStatus.CONNECTED, CalendarStatus.DEGRADED}

    @property
    def takes_entries(self) -> bool:
        """Whether bookings can reach it, by its provider or by mail."""
        return self.capabilities.write or self.provider in BY_MAIL

    def connect(self, now: datetime) -> "Calendar":
        """Choose it, or take it up again."""
        return self._change(now, status=CalendarStatus.CONNECTED, fault=None)

    def degrade(self, fault: Fault, now: datetime) -> "Calendar":
        """Note that it cannot be read."""
        return self._change(now, status=CalendarStatus.DEGRADED, fault=fault)

    def restore(self, now: datetime) -> "Calendar":
        """Note that it can be read again."""
        return self._change(now, status=CalendarStatus.CONNECTED, fault=None)

    def disconnect(self, now: datetime) -> "Calendar":
        """Stop reading it, at its owner's wish."""
        return self._change(
            now,
            status=CalendarStatus.DISCONNECTED,
            fault=Fault.REQUESTED,
            switches=replace(self.switches, is_default=False),
        )

    def configure(self, switches: Switches, now: datetime) -> "Calendar":
        """Set the owner's switches."""
        return self._change(now, switches=switches)

    def make_default(self, now: datetime) -> "Calendar":
        """Let it receive the host's bookings."""
        return self.configure(replace(self.switches, is_default=True), now)

    def describe(
        self,
        *,
        name: str | None,
        timezone: str | None,
        capabilities: Capabilities | None = None,
        now: datetime,
    ) -> "Calendar":
        """Take over what its source says of it; None leaves what is known."""
        allowed = capabilities or self.capabilities
        lost = not (allowed.write or self.provider in BY_MAIL)
        switches = replace(self.switches, is_default=False) if lost else self.switches
        return self._change(
            now,
            name=name or self.name,
            timezone=timezone or self.timezone,
            capabilities=allowed,
            switches=switches,
        )

    def _change(self, now: datetime, **changes: Any) -> "Calendar":
        """Return the calendar as changed, or itself when nothing differs."""
        if replace(self, **changes) == self:
            return self
        return replace(self, **changes, revision=self.revision + 1, changed_at=now)


def capabilities_under(access: Access, account: Capabilities) -> Capabilities:
    """Return what remains of an account's capabilities for a calendar with the given access."""
    if access is Access.WRITE:
        return account
    limited = replace(account, write=False, holds=False, two_way=False, sends_own_invites=False)
    return replace(limited, freebusy_only=True) if access is Access.FREE_BUSY else limited


def known_zone(name: str | None) -> str | None:
    """Return the name if it is one of the IANA database's; sources have names of their own too."""
    if not name:
        return None
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
