"""Reminding parties of meetings."""

from notifier.application.ports import Clock, Transaction
from notifier.application.post import Post
from notifier.domain.reminders import reminders_of

_MOST = 50


async def remind_due(transaction: Transaction, post: Post, clock: Clock) -> int:
    """Record the reminders that are due; return for how many meetings.

    The booking is looked at again: what was cancelled or has begun reminds nobody. Where several
    reminders are due, as after a pause, the one nearest to the meeting is enough.
    """
    now = clock()
    async with transaction() as stores:
        due = await stores.timers.take_due(now, _MOST)
        for booking, minutes_before in due:
            notices = reminders_of(booking, minutes_before, now=now)
            await post.add(stores.ledger, notices, now=now)
    return len(due)
