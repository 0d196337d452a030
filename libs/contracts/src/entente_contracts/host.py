"""Hosts: people who can be booked."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from entente_contracts.message import Event, PersonalData
from entente_contracts.topics import HOST_EVENTS
from entente_contracts.values import (
    Address,
    Instant,
    Locale,
    LocalTime,
    Name,
    OpenEnum,
    Revision,
    Value,
    ZoneName,
)


class HostStatus(OpenEnum):
    """Whether a host can be booked at all."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class LocalRange(Value):
    """Wall-clock hours `[start, end)` of one day in the host's zone."""

    start: LocalTime
    end: LocalTime

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        # Zero-padded `HH:MM` sorts as text.
        if self.end <= self.start:
            raise ValueError("hours end after they start; past midnight they are two ranges")
        return self


class WeekdayHours(Value):
    """The hours of every such weekday; `weekday` is ISO 8601's, 1 for Monday to 7 for Sunday."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    hours: tuple[LocalRange, ...]


class DateHours(Value):
    """The hours of one date instead of its weekday's; none means closed."""

    day: date
    hours: tuple[LocalRange, ...]


class WorkingHours(Value):
    """When a host works. A weekday that is not named is free of work."""

    weekly: tuple[WeekdayHours, ...]
    overrides: tuple[DateHours, ...] = ()


class HostChanged(Event):
    """A host was added or changed; the whole host."""

    type = "entente.host.changed.v1"
    topic = HOST_EVENTS
    personal_data = PersonalData.PERSONAL

    host_id: UUID
    owner: Annotated[str, Field(min_length=1, max_length=255)]
    """The `sub` of the user who owns the host."""
    name: Name
    address: Address
    timezone: ZoneName
    locale: Locale
    working_hours: WorkingHours
    status: HostStatus
    revision: Revision
    changed_at: Instant

    def key(self) -> str:
        """Return the host id."""
        return str(self.host_id)

    def subject(self) -> str:
        """Return the host id."""
        return str(self.host_id)

    def version(self) -> int:
        """Return the host's revision."""
        return self.revision
