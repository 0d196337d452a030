"""Noticing that a calendar shows something else at the time of a booking that stands.

The months of single calendars are read, not the merged time of hosts: those contain Entente's own
bookings, and could not name the calendar.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from entente_contracts import BusyState, CalendarChanged, TimedOccurrence
from entente_contracts.busy import month_dates
from messaging.delivery import Delivery

from booking.application.announcements import conflict_detected
from booking.application.ports import Bookings, Calendars, Hosts
from booking.domain.booking import STANDING, Obstacle
from booking.domain.slot import Slot

_HARMLESS = (BusyState.FREE, BusyState.TENTATIVE, BusyState.UNKNOWN)
_LONGEST_OFFSET = timedelta(days=1)


async def detect_conflicts(
    bookings: Bookings, calendars: Calendars, hosts: Hosts, delivery: Delivery[CalendarChanged]
) -> None:
    """Announce, once each, foreign occurrences of this month that overlap a confirmed meeting.

    Entries of the booking itself are known by its id. The buffers may be overlapped: only the
    meeting itself is in conflict. The booking stands; its parties decide.
    """
    month = delivery.message
    calendar = await calendars.get(month.calendar_id)
    if calendar is None or not calendar.blocks or calendar.tenant_id != month.tenant_id:
        return
    first, after = (_midnight(day, ZoneInfo("UTC")) for day in month_dates(month.month))
    window = Slot(first - _LONGEST_OFFSET, after + _LONGEST_OFFSET)
    standing = [
        booking
        for booking in await bookings.overlapped(month.host_id, window)
        if booking.status in STANDING
    ]
    if not standing:
        return
    zone = ZoneInfo(await hosts.zone_of(month.host_id) or "UTC")
    for obstacle, own in _obstacles(month, zone):
        for booking in standing:
            if booking.id != own and obstacle.slot.overlaps(booking.agreed):
                await _announce(bookings, booking.id, obstacle, delivery)


async def _announce(
    bookings: Bookings, booking_id: UUID, obstacle: Obstacle, delivery: Delivery[CalendarChanged]
) -> None:
    """Announce the conflict if it is new.

    The booking is kept from changing meanwhile: a change committed first would be published first,
    and the last that is heard of the booking would be what it was before.
    """
    booking = await bookings.keep(booking_id)
    if booking is None or booking.status not in STANDING:
        return
    if not obstacle.slot.overlaps(booking.agreed):
        return
    if await bookings.note_conflict(booking, obstacle):
        await bookings.announce([conflict_detected(booking, obstacle)], cause=delivery)


def _obstacles(month: CalendarChanged, zone: ZoneInfo) -> Iterator[tuple[Obstacle, UUID | None]]:
    """Yield what is busy, and the booking that it is the entry of."""
    for occurrence in month.occurrences:
        if occurrence.state in _HARMLESS:
            continue
        if isinstance(occurrence, TimedOccurrence):
            slot = Slot(occurrence.start, occurrence.end)
        else:
            slot = Slot(
                _midnight(occurrence.start_date, zone), _midnight(occurrence.end_date, zone)
            )
        obstacle = Obstacle(calendar_id=month.calendar_id, slot=slot, occurrence_id=occurrence.id)
        yield obstacle, occurrence.booking_id


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
