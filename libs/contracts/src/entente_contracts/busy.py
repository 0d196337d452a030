"""Busy time of single calendars: when, never what. No titles, no attendees."""

from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from entente_contracts.message import Event, PersonalData
from entente_contracts.topics import CALENDAR_BUSY
from entente_contracts.values import (
    Instant,
    Month,
    OpaqueId,
    OpenEnum,
    Revision,
    TimeRange,
    Value,
)


class BusyState(OpenEnum):
    """How an occurrence occupies time. A reader treats a value it does not know as busy."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OUT_OF_OFFICE = "out_of_office"
    UNKNOWN = "unknown"
    """The provider gave no data (EWS `NoData`): never free."""


class TimedOccurrence(TimeRange):
    """An occurrence between two moments.

    `id` is opaque: the same meeting seen in two calendars of a tenant has the same id. It is absent
    only in a merged month. `booking_id` is set when the entry is Entente's own.
    """

    kind: Literal["timed"] = "timed"
    id: OpaqueId | None = None
    state: BusyState
    booking_id: UUID | None = None


class AllDayOccurrence(Value):
    """An occurrence of whole days `[start_date, end_date)`; else as TimedOccurrence.

    Dates have no zone: the reader takes them in the zone of the host who owns the calendar.
    """

    kind: Literal["all_day"] = "all_day"
    id: OpaqueId | None = None
    start_date: date
    end_date: date
    state: BusyState
    booking_id: UUID | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.end_date <= self.start_date:
            raise ValueError("an all-day occurrence ends on a later date than it starts")
        return self


Occurrence = Annotated[TimedOccurrence | AllDayOccurrence, Field(discriminator="kind")]
"""Told apart by `kind`, which is closed: a third kind would be a new event type."""


class Conflict(TimeRange):
    """An occurrence that stands in the way of a booking."""

    calendar_id: UUID
    occurrence_id: OpaqueId | None = None


class CalendarChanged(Event):
    """The complete busy time of one calendar in one month; replaces what was known of that month.

    `month` is a UTC month. Timed occurrences are clipped to it, all-day ones to its dates; one that
    spans months stands in each with the same id. `revision` counts the readings of the calendar:
    months changed by one reading share it. `as_of` is the moment before that reading began.
    `merged` says that occurrences were joined and their ids dropped to stay under the size limit.
    A null value ends the month: it left the horizon, or the calendar was disconnected.
    """

    type = "entente.calendar.changed.v1"
    topic = CALENDAR_BUSY
    personal_data = PersonalData.PSEUDONYMOUS

    calendar_id: UUID
    host_id: UUID
    month: Month
    revision: Revision
    as_of: Instant
    occurrences: tuple[Occurrence, ...]
    merged: bool = False

    @model_validator(mode="after")
    def _is_clipped(self) -> Self:
        first, after = month_dates(self.month)
        start, end = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (first, after))
        for occurrence in self.occurrences:
            if isinstance(occurrence, TimedOccurrence):
                inside = start <= occurrence.start and occurrence.end <= end
            else:
                inside = first <= occurrence.start_date and occurrence.end_date <= after
            if not inside:
                raise ValueError("an occurrence is not clipped to the month")
        return self

    @staticmethod
    def key_for(calendar_id: UUID, month: str) -> str:
        """Return the key of a month, as its tombstone needs it."""
        return f"{calendar_id}:{month}"

    def key(self) -> str:
        """Return `<calendar id>:<yyyy-mm>`."""
        return self.key_for(self.calendar_id, self.month)

    def subject(self) -> str:
        """Return the calendar id."""
        return str(self.calendar_id)

    def version(self) -> int:
        """Return the revision of the reading."""
        return self.revision


class CalendarChecked(Event):
    """A calendar was read in full at `as_of` and nothing had changed: silence is not failure."""

    type = "entente.calendar.checked.v1"
    topic = CALENDAR_BUSY
    personal_data = PersonalData.PSEUDONYMOUS

    KEY_SUFFIX: ClassVar[str] = "as-of"

    calendar_id: UUID
    host_id: UUID
    revision: Revision
    as_of: Instant

    @staticmethod
    def key_for(calendar_id: UUID) -> str:
        """Return the key of a calendar's check, as its tombstone needs it."""
        return f"{calendar_id}:{CalendarChecked.KEY_SUFFIX}"

    def key(self) -> str:
        """Return `<calendar id>:as-of`."""
        return self.key_for(self.calendar_id)

    def subject(self) -> str:
        """Return the calendar id."""
        return str(self.calendar_id)

    def version(self) -> int:
        """Return the revision of the reading."""
        return self.revision


def month_dates(month: str) -> tuple[date, date]:
    """Return the first date of a month `yyyy-mm` and the first date after it.

    Raises ValueError for a year without a following month that can be written (9999-12).
    """
    first = date(int(month[:4]), int(month[5:]), 1)
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
