"""The inbox: an event's effect and the note that it happened commit together."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ARRAY, CursorResult, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from messaging.chores import repeat
from messaging.database import Sessions

# Longer than a dead letter is kept (90 days): until then it may be redriven.
RETENTION = timedelta(days=100)
_PURGE_EVERY_SECONDS = 3600.0
_PURGED_AT_ONCE = 10_000

# A concurrent duplicate waits on the unique index until the first claim commits or rolls back.
# Sorted, so that two batches which share events wait for each other in one direction only.
# Answered in one row: reading a row for each event costs a third of what claiming it does.
_CLAIM = text(
    "WITH claimed AS (INSERT INTO inbox (consumer, event_id)"
    " SELECT :consumer, event_id FROM unnest(:event_ids) AS event_id ORDER BY event_id"
    " ON CONFLICT DO NOTHING RETURNING event_id)"
    " SELECT array_agg(event_id) FROM claimed"
).bindparams(bindparam("event_ids", type_=ARRAY(Uuid)))

_PURGE = text(
    "DELETE FROM inbox WHERE ctid = ANY (ARRAY("
    "SELECT ctid FROM inbox WHERE received_at < now() - CAST(:age AS interval) LIMIT :most))"
)


async def claim(session: AsyncSession, consumer: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Claim the events for this consumer; return those it has not handled before.

    Must run in the transaction that carries the effect: a rollback gives the claim back.
    """
    if not event_ids:
        return set()
    claimed: list[UUID] | None = await session.scalar(
        _CLAIM, {"consumer": consumer, "event_ids": list(event_ids)}
    )
    return set(claimed or ())


async def keep_small(sessions: Sessions) -> None:
    """Forget claims that no redelivery can reach any more, every hour until cancelled."""

    async def purge_all() -> None:
        while await purge(sessions, older_than=RETENTION):
            pass

    await repeat(purge_all, every_seconds=_PURGE_EVERY_SECONDS, undone="inbox not purged")


async def purge(sessions: Sessions, *, older_than: timedelta) -> int:
    """Forget a portion of the claims that are older; return how many."""
    async with sessions.begin() as session:
        result = await session.execute(_PURGE, {"age": older_than, "most": _PURGED_AT_ONCE})
        return result.rowcount if isinstance(result, CursorResult) else 0
