"""Handing out entries that are due, each to one worker at a time however many there are."""

from collections.abc import Sequence
from datetime import timedelta

from messaging.database import Sessions
from sqlalchemy import text

from connector.application.carry_out_entry import EntryLease
from connector.application.store import Origin

# SKIP LOCKED passes over entries whose command is being replaced, or whose attempt is being noted.
_CLAIM = text(
    """
    WITH due AS (
        SELECT calendar_id, uid FROM entry
        WHERE next_attempt_at <= now() AND (lease IS NULL OR lease_until <= now())
        ORDER BY next_attempt_at LIMIT :most
        FOR UPDATE SKIP LOCKED
    )
    UPDATE entry e
    SET lease = gen_random_uuid(), lease_until = now() + :length,
        next_attempt_at = now() + :length, attempts = attempts + 1
    FROM due WHERE e.calendar_id = due.calendar_id AND e.uid = due.uid
    RETURNING e.calendar_id, e.uid, e.tenant_id, e.booking_id, e.lease, e.origin
    """
)
_RELEASE = text(
    """
    UPDATE entry SET lease = NULL, lease_until = NULL, next_attempt_at = now()
    WHERE calendar_id = :calendar_id AND uid = :uid AND lease = :token
    """
)
_NEXT = text(
    """
    SELECT extract(epoch FROM min(greatest(next_attempt_at, lease_until)) - now())
    FROM entry WHERE next_attempt_at IS NOT NULL
    """
)


class EntryLeases:
    """The queue of due entries; `length` is longer than any attempt."""

    def __init__(self, sessions: Sessions, length: timedelta) -> None:
        self._sessions = sessions
        self._length = length

    async def claim(self, most: int) -> Sequence[EntryLease]:
        """Take up to `most` due entries, the longest due first."""
        async with self._sessions.begin() as session:
            rows = await session.execute(_CLAIM, {"most": most, "length": self._length})
            return [
                EntryLease(
                    calendar_id=row.calendar_id,
                    uid=row.uid,
                    tenant_id=row.tenant_id,
                    booking_id=row.booking_id,
                    token=row.lease,
                    origin=Origin(row.origin),
                )
                for row in rows
            ]

    async def release(self, lease: EntryLease) -> None:
        """Give back what was not finished, due at once."""
        async with self._sessions.begin() as session:
            await session.execute(
                _RELEASE,
                {"calendar_id": lease.calendar_id, "uid": lease.uid, "token": lease.token},
            )

    async def seconds_to_next(self) -> float | None:
        """Return how long nothing is due, None when nothing is planned."""
        async with self._sessions.begin() as session:
            seconds = (await session.execute(_NEXT)).scalar_one()
        return None if seconds is None else max(0.0, float(seconds))
