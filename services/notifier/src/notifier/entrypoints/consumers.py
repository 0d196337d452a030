"""What the notifier listens to."""

from collections.abc import Callable, Sequence

from entente_contracts import (
    BookingCancelled,
    BookingConfirmed,
    BookingConflictDetected,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingProposed,
    BookingRescheduled,
    CalendarConnected,
    CalendarDegraded,
    CalendarDisconnected,
    CalendarEvent,
    CalendarRestored,
    CalendarSettingsChanged,
    HostChanged,
)
from entente_contracts.topics import BOOKING_EVENTS, CALENDAR_EVENTS, HOST_EVENTS
from messaging import failpoints
from messaging.consumer import Consumer, RecordConsumer
from messaging.delivery import Delivery
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.application.follow_booking import follow_booking
from notifier.application.follow_connection import follow_calendar, follow_host
from notifier.application.ports import Clock, Stores
from notifier.application.post import Post
from notifier.subscriptions import GROUP


def consumers(
    stores: Callable[[AsyncSession], Stores], post: Post, clock: Clock, *, group: str = GROUP
) -> Sequence[Consumer]:
    """Return the consumers of the service."""

    async def on_booking(delivery: Delivery[BookingEvent], session: AsyncSession) -> None:
        await follow_booking(stores(session), post, delivery, now=clock())
        await failpoints.reach("notifier.before_record")

    async def on_calendar(delivery: Delivery[CalendarEvent], session: AsyncSession) -> None:
        await follow_calendar(stores(session), post, delivery, now=clock())

    async def on_host(delivery: Delivery[HostChanged], session: AsyncSession) -> None:
        await follow_host(stores(session), post, delivery, now=clock())

    bookings = RecordConsumer(BOOKING_EVENTS, group=group)
    bookings.on(BookingProposed, on_booking)
    bookings.on(BookingConfirmed, on_booking)
    bookings.on(BookingRescheduled, on_booking)
    bookings.on(BookingCancelled, on_booking)
    bookings.on(BookingDeclined, on_booking)
    bookings.on(BookingExpired, on_booking)
    bookings.on(BookingConflictDetected, on_booking)

    calendars = RecordConsumer(CALENDAR_EVENTS, group=group)
    calendars.on(CalendarConnected, on_calendar)
    calendars.on(CalendarSettingsChanged, on_calendar)
    calendars.on(CalendarDegraded, on_calendar)
    calendars.on(CalendarRestored, on_calendar)
    calendars.on(CalendarDisconnected, on_calendar)

    hosts = RecordConsumer(HOST_EVENTS, group=group)
    hosts.on(HostChanged, on_host)
    return [bookings, calendars, hosts]
