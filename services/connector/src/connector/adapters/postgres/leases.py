"""Handing out calendars that are due, each to one worker at a time however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from messaging.database import Sessions
from sqlalchemy import text

from connector.domain.sync_state import Lease

# Claims take turns, so that the limit per server holds across replicas; a claim is short.
# SKIP LOCKED passes over calendars whose last sync commits at this moment.
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('connector.leases', 0))")
_CLAIM = text(
    """
    WITH busy AS (
        SELECT server, count(*) AS leased FROM calendar_sync
        WHERE lease IS NOT NULL AND lease_until > now() GROUP BY server
    ), waiting AS (
        SELECT calendar_id, next_sync_at,
               row_number() OVER (PARTITION BY server ORDER BY next_sync_at)
                   + coalesce(leased, 0) AS place
        FROM calendar_sync LEFT JOIN busy USING (server)
        WHERE next_sync_at <= now() AND (lease IS NULL OR lease_until <= now())
    ), due AS (
        SELECT s.calendar_id FROM calendar_sync s JOIN waiting USING (calendar_id)
        WHERE place <= :per_server
        ORDER BY waiting.next_sync_at LIMIT :most
        FOR UPDATE OF s SKIP LOCKED
    )
    UPDATE calendar_sync s
    SET lease = gen_random_uuid(),
        lease_until = now() + CAST(:length AS interval) * 2 ^ least(s.failures, :doublings),
        next_sync_at = now() + CAST(:length AS interval) * 2 ^ least(s.failures, :doublings)
    FROM due WHERE s.calendar_id = due.calendar_id
    RETURNING s.calendar_id, s.tenant_id, s.lease, s.lease_until - now() AS length
    """
)
_RELEASE = text(
    """
    UPDATE calendar_sync SET lease = NULL, lease_until = NULL, next_sync_at = now()
    WHERE calendar_id = :calendar_id AND lease = :token
    """
)
_NEXT = text(
    """
    SELECT extract(epoch FROM min(greatest(next_sync_at, lease_until)) - now())
    FROM calendar_sync WHERE next_sync_at IS NOT NULL
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTerms:
    """`length` bounds one sync, network and expansion included; `per_server` spares servers.

    It doubles with each failure in a row, `doublings` times at most: a large calendar that does not
    come to an end in it, as when it is read for the first time, has longer the next time.
    """

    length: timedelta = timedelta(minutes=3)
    doublings: int = 2
    per_server: int = 4


class Leases:
    """The queue of due calendars."""

    def __init__(self, sessions: Sessions, terms: LeaseTerms) -> None:
        self._sessions = sessions
        self._terms = terms

    async def claim(self, most: int) -> Sequence[Lease]:
        """Take up to `most` due calendars, the longest due first."""
        async with self._sessions.begin() as session:
            await session.execute(_TURN)
            rows = await session.execute(
                _CLAIM,
                {
                    "per_server": self._terms.per_server,
                    "most": most,
                    "length": self._terms.length,
                    "doublings": self._terms.doublings,
                },
            )
            return [Lease(row.calendar_id, row.tenant_id, row.lease, row.length) for row in rows]

    async def release(self, lease: Lease) -> None:
        """Give back what was not finished, due at once."""
        async with self._sessions.begin() as session:
            await session.execute(
                _RELEASE, {"calendar_id": lease.calendar_id, "token": lease.token}
            )

    async def seconds_to_next(self) -> float | None:
        """Return how long nothing is due, None when nothing is planned."""
        async with self._sessions.begin() as session:
            seconds = (await session.execute(_NEXT)).scalar_one()
        return None if seconds is None else max(0.0, float(seconds))
