"""Following a booking: what changed is told, and the reminders are set."""

from datetime import datetime, timedelta
from uuid import UUID

import entente_contracts as contracts
from entente_contracts import BookingEvent
from messaging.delivery import Delivery

from notifier.application.ports import Stores
from notifier.application.post import Post
from notifier.application.read_booking import booking_of
from notifier.domain.booking import Booking
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact, Obstacle
from notifier.domain.reminders import keeps_timers, timers_of
from notifier.domain.slot import Slot

STALE_AFTER = timedelta(days=3)
"""Changes older than this are noted but not told: who starts with an empty database reads the
topic from its beginning, and nobody wants a mail about last month."""

_FACTS: dict[str, Fact] = {
    contracts.BookingProposed.type: Fact.PROPOSED,
    contracts.BookingConfirmed.type: Fact.CONFIRMED,
    contracts.BookingRescheduled.type: Fact.RESCHEDULED,
    contracts.BookingCancelled.type: Fact.CANCELLED,
    contracts.BookingDeclined.type: Fact.DECLINED,
    contracts.BookingExpired.type: Fact.EXPIRED,
    contracts.BookingConflictDetected.type: Fact.CONFLICT_DETECTED,
}


async def follow_booking(
    stores: Stores, post: Post, delivery: Delivery[BookingEvent], *, now: datetime
) -> None:
    """Record a mail for each party that a change matters to; set the reminders anew.

    An event that is older than what was heard of the booking changes nothing.
    """
    event = delivery.message
    booking = booking_of(event.booking, event.tenant_id)
    before = await stores.bookings.lock(booking.id)
    if before is not None and before.revision > booking.revision:
        return
    if now - delivery.envelope.time <= STALE_AFTER:
        notices = notices_of(
            _FACTS[delivery.envelope.type],
            booking,
            before=before,
            writable=await stores.calendars.writable(_calendars_of(booking)),
            promised=await stores.ledger.promised_entry(booking.id),
            obstacle=_obstacle(event),
        )
        await post.add(stores.ledger, notices, now=now)
    await stores.bookings.put(booking, event.booking.model_dump_json(exclude_none=True).encode())
    if not keeps_timers(before, booking):
        await stores.timers.replace(booking.id, timers_of(booking, now=now))
        await stores.ledger.withdraw_reminders(booking.id, now=now)


def _calendars_of(booking: Booking) -> list[UUID]:
    return [host.calendar_id for host in booking.hosts if host.calendar_id is not None]


def _obstacle(event: BookingEvent) -> Obstacle | None:
    if not isinstance(event, contracts.BookingConflictDetected):
        return None
    found = event.conflict
    return Obstacle(calendar_id=found.calendar_id, slot=Slot(found.start, found.end))
