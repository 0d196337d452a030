"""What booking listens to."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from entente_contracts import (
    AttendeeReplied,
    BookingConfirmed,
    BookingEvent,
    BookingRescheduled,
    CalendarChanged,
    CalendarConnected,
    CalendarDegraded,
    CalendarDisconnected,
    CalendarEvent,
    CalendarRestored,
    CalendarSettingsChanged,
    EntryEvent,
    EntryFailed,
    EntryMoved,
    EntryRefused,
    EntryRemoved,
    EntryWritten,
    Message,
)
from entente_contracts.topics import (
    BOOKING_EVENTS,
    CALENDAR_BUSY,
    CALENDAR_ENTRIES,
    CALENDAR_EVENTS,
    NOTIFICATION_EVENTS,
)
from messaging.consumer import BatchConsumer, Consumer, RecordConsumer
from messaging.delivery import Arrival, Delivery
from sqlalchemy.ext.asyncio import AsyncSession

from booking.application.apply_reply import apply_reply
from booking.application.detect_conflicts import detect_conflicts
from booking.application.follow_calendar import follow_move, follow_removal
from booking.application.follow_connection import follow_connection
from booking.application.note_answer import note_answer
from booking.application.ports import Bookings, Calendars, Hosts
from booking.application.supersede import supersede_losers
from booking.subscriptions import GROUP

_BATCH = 200
"""How many records share a transaction: as long as it lasts, their bookings cannot change."""

_GATHERING_SECONDS = 0.1
"""Those who lose a date hear of it a moment later; those who got it do not wait for that."""

M = TypeVar("M", bound=Message)

BatchedBookings = Callable[[AsyncSession, Collection[UUID]], AbstractAsyncContextManager[Bookings]]
"""Opens the bookings that a batch is about; they are stored when it is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Makes the stores that work within a session's transaction."""

    bookings: Callable[[AsyncSession], Bookings]
    batched_bookings: BatchedBookings
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
    async def on_entries(arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        deliveries = list(_deliveries_of(EntryEvent, arrivals))
        booking_ids = {delivery.message.booking_id for delivery in deliveries}
        async with stores.batched_bookings(session, booking_ids) as bookings:
            for delivery in deliveries:
                await _on_entry(bookings, delivery, now)

    return BatchConsumer(
        CALENDAR_ENTRIES,
        group=group,
        accepts=[EntryWritten, EntryRefused, EntryFailed, EntryRemoved, EntryMoved],
        handler=on_entries,
        batch_size=_BATCH,
    )


async def _on_entry(
    bookings: Bookings, delivery: Delivery[Any], now: Callable[[], datetime]
) -> None:
    match delivery.message:
        case EntryMoved():
            await follow_move(bookings, delivery, now=now)
        case EntryRemoved(command_id=None):
            await follow_removal(bookings, delivery, now=now)
        case _:
            await note_answer(bookings, delivery, now=now)


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
    async def on_meetings(arrivals: Sequence[Arrival], session: AsyncSession) -> None:
        deliveries = list(_deliveries_of(BookingEvent, arrivals))
        await supersede_losers(stores.bookings(session), deliveries, now=now)

    return BatchConsumer(
        BOOKING_EVENTS,
        group=group,
        accepts=[BookingConfirmed, BookingRescheduled],
        handler=on_meetings,
        batch_size=_BATCH,
        gathering_seconds=_GATHERING_SECONDS,
    )


def _deliveries_of(kind: type[M], arrivals: Sequence[Arrival]) -> Iterator[Delivery[M]]:
    """Yield the messages of a kind, in their order."""
    for arrival in arrivals:
        if isinstance(arrival, Delivery) and isinstance(arrival.message, kind):
            yield cast("Delivery[M]", arrival)
