"""What booking listens to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entente_contracts import (
    AttendeeReplied,
    BookingConfirmed,
    BookingRescheduled,
    CalendarChanged,
    CalendarConnected,
    CalendarDegraded,
    CalendarDisconnected,
    CalendarEvent,
    CalendarRestored,
    CalendarSettingsChanged,
    EntryFailed,
    EntryMoved,
    EntryRefused,
    EntryRemoved,
    EntryWritten,
)
from entente_contracts.topics import (
    BOOKING_EVENTS,
    CALENDAR_BUSY,
    CALENDAR_ENTRIES,
    CALENDAR_EVENTS,
    NOTIFICATION_EVENTS,
)
from messaging.consumer import Consumer, RecordConsumer
from messaging.delivery import Delivery
from sqlalchemy.ext.asyncio import AsyncSession

from booking.application.apply_reply import apply_reply
from booking.application.detect_conflicts import detect_conflicts
from booking.application.follow_calendar import follow_move, follow_removal
from booking.application.follow_connection import follow_connection
from booking.application.note_answer import note_answer
from booking.application.ports import Bookings, Calendars, Hosts
from booking.application.supersede import supersede_losers
from booking.subscriptions import GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Makes the stores that work within a session's transaction."""

    bookings: Callable[[AsyncSession], Bookings]
    calendars: Callable[[AsyncSession], Calendars]
    hosts: Callable[[AsyncSession], Hosts]


def consumers(
    stores: Stores, now: Callable[[], datetime], *, group: str = GROUP
) -> Sequence[Consumer]:
    """Return the consumers of the service."""
    return [
        _entries(stores, now, group),
        _connections(stores, group),
        _busy(stores, group),
        _replies(stores, now, group),
        _own(stores, now, group),
    ]


def _entries(stores: Stores, now: Callable[[], datetime], group: str) -> Consumer:
    async def on_answer(delivery: Delivery[Any], session: AsyncSession) -> None:
        await note_answer(stores.bookings(session), delivery, now=now)

    async def on_removed(delivery: Delivery[EntryRemoved], session: AsyncSession) -> None:
        if delivery.message.command_id is not None:
            await note_answer(stores.bookings(session), delivery, now=now)
        else:
            await follow_removal(stores.bookings(session), delivery, now=now)

    async def on_moved(delivery: Delivery[EntryMoved], session: AsyncSession) -> None:
        await follow_move(stores.bookings(session), delivery, now=now)

    consumer = RecordConsumer(CALENDAR_ENTRIES, group=group)
    consumer.on(EntryWritten, on_answer)
    consumer.on(EntryRefused, on_answer)
    consumer.on(EntryFailed, on_answer)
    consumer.on(EntryRemoved, on_removed)
    consumer.on(EntryMoved, on_moved)
    return consumer


def _connections(stores: Stores, group: str) -> Consumer:
    async def on_calendar(delivery: Delivery[CalendarEvent], session: AsyncSession) -> None:
        await follow_connection(stores.calendars(session), delivery)

    consumer = RecordConsumer(CALENDAR_EVENTS, group=group)
    consumer.on(CalendarConnected, on_calendar)
    consumer.on(CalendarSettingsChanged, on_calendar)
    consumer.on(CalendarDegraded, on_calendar)
    consumer.on(CalendarRestored, on_calendar)
    consumer.on(CalendarDisconnected, on_calendar)
    return consumer


def _busy(stores: Stores, group: str) -> Consumer:
    async def on_month(delivery: Delivery[CalendarChanged], session: AsyncSession) -> None:
        await detect_conflicts(
            stores.bookings(session), stores.calendars(session), stores.hosts(session), delivery
        )

    consumer = RecordConsumer(CALENDAR_BUSY, group=group)
    consumer.on(CalendarChanged, on_month)
    return consumer


def _replies(stores: Stores, now: Callable[[], datetime], group: str) -> Consumer:
    async def on_reply(delivery: Delivery[AttendeeReplied], session: AsyncSession) -> None:
        await apply_reply(stores.bookings(session), delivery, now=now)

    consumer = RecordConsumer(NOTIFICATION_EVENTS, group=group)
    consumer.on(AttendeeReplied, on_reply)
    return consumer


def _own(stores: Stores, now: Callable[[], datetime], group: str) -> Consumer:
    async def on_meeting(delivery: Delivery[Any], session: AsyncSession) -> None:
        await supersede_losers(stores.bookings(session), delivery, now=now)

    consumer = RecordConsumer(BOOKING_EVENTS, group=group)
    consumer.on(BookingConfirmed, on_meeting)
    consumer.on(BookingRescheduled, on_meeting)
    return consumer
