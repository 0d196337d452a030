"""Which use case projects which topic; the live consumers and a rebuild share it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from entente_contracts import (
    BookingCancelled,
    BookingConfirmed,
    BookingConflictDetected,
    BookingDeclined,
    BookingExpired,
    BookingProposed,
    BookingRescheduled,
    CalendarChanged,
    CalendarChecked,
    CalendarConnected,
    CalendarDegraded,
    CalendarDisconnected,
    CalendarRestored,
    CalendarSettingsChanged,
    HostChanged,
    Message,
    Topic,
    decode,
    topics,
)
from messaging.delivery import Arrival, Decoder
from sqlalchemy.ext.asyncio import AsyncSession

from availability.adapters.booking_rows import PostgresBookings
from availability.adapters.busy_decoder import decode_busy
from availability.adapters.busy_rows import PostgresBusyTime
from availability.adapters.calendar_rows import PostgresCalendars
from availability.adapters.host_rows import PostgresHosts
from availability.application.changes import HostChange
from availability.application.project_bookings import project_bookings
from availability.application.project_busy_time import project_busy_time
from availability.application.project_calendars import project_calendars
from availability.application.project_hosts import project_hosts

Project = Callable[[AsyncSession, Sequence[Arrival]], Awaitable[Collection[HostChange]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projecting:
    """How one topic becomes rows, within a session's transaction."""

    project: Project
    accepts: Sequence[type[Message]]
    decoder: Decoder = decode


async def _hosts(session: AsyncSession, arrivals: Sequence[Arrival]) -> Collection[HostChange]:
    return await project_hosts(PostgresHosts(session), arrivals)


async def _calendars(session: AsyncSession, arrivals: Sequence[Arrival]) -> Collection[HostChange]:
    return await project_calendars(PostgresCalendars(session), arrivals)


async def _busy_time(session: AsyncSession, arrivals: Sequence[Arrival]) -> Collection[HostChange]:
    return await project_busy_time(PostgresBusyTime(session), arrivals)


async def _bookings(session: AsyncSession, arrivals: Sequence[Arrival]) -> Collection[HostChange]:
    return await project_bookings(PostgresBookings(session), arrivals)


PROJECTING: Mapping[Topic, Projecting] = {
    topics.HOST_EVENTS: Projecting(project=_hosts, accepts=[HostChanged]),
    topics.CALENDAR_EVENTS: Projecting(
        project=_calendars,
        accepts=[
            CalendarConnected,
            CalendarDegraded,
            CalendarDisconnected,
            CalendarRestored,
            CalendarSettingsChanged,
        ],
    ),
    topics.CALENDAR_BUSY: Projecting(
        project=_busy_time, accepts=[CalendarChanged, CalendarChecked], decoder=decode_busy
    ),
    topics.BOOKING_EVENTS: Projecting(
        project=_bookings,
        accepts=[
            BookingCancelled,
            BookingConfirmed,
            BookingConflictDetected,
            BookingDeclined,
            BookingExpired,
            BookingProposed,
            BookingRescheduled,
        ],
    ),
}
