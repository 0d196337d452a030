"""Reminding parties of meetings."""

import logging
from datetime import datetime
from uuid import UUID

from messaging.failure import Verdict, classify
from messaging.logs import type_name

from notifier.application.ports import Clock, Stores, Transaction
from notifier.application.post import Post
from notifier.domain.reminders import reminders_of

_logger = logging.getLogger(__name__)
_MOST = 50


async def remind_due(transaction: Transaction, post: Post, clock: Clock) -> int:
    """Record the reminders that are due, each meeting's in a transaction of its own.

    Returns for how many meetings that is settled. What fails for the time being stays due; a
    meeting that nobody can be reminded of is logged and passed over.
    """
    now = clock()
    async with transaction() as stores:
        due = await stores.timers.due(now, _MOST)
    settled = [await _is_settled(transaction, post, booking_id, now=now) for booking_id in due]
    return settled.count(True)


async def _is_settled(
    transaction: Transaction, post: Post, booking_id: UUID, *, now: datetime
) -> bool:
    try:
        async with transaction() as stores:
            await _remind(stores, post, booking_id, now=now)
    except Exception as error:  # one booking must not stop the others, which are other tenants'
        _logger.warning("nobody reminded of a meeting: %s", type_name(error), exc_info=error)
        if classify(error) is Verdict.TRANSIENT:
            return False
        async with transaction() as stores:
            await stores.timers.take(booking_id, now)
    return True


async def _remind(stores: Stores, post: Post, booking_id: UUID, *, now: datetime) -> None:
    """Record a meeting's reminders.

    The booking is looked at again: what was cancelled or has begun reminds nobody. Where several
    reminders are due, as after a pause, the one nearest to the meeting is enough.
    """
    minutes_before = await stores.timers.take(booking_id, now)
    booking = await stores.bookings.find(booking_id)
    if minutes_before is not None and booking is not None:
        await post.add(stores.ledger, reminders_of(booking, minutes_before, now=now), now=now)
