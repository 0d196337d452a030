"""Forgetting meetings that are long over: nothing is told of them any more."""

from datetime import timedelta

from messaging.chores import repeat
from messaging.database import Sessions
from sqlalchemy import text

KEPT_FOR = timedelta(days=30)
"""How long a booking is remembered after its meeting, or after its last change without one."""
_EVERY_SECONDS = 3600.0

# The ledger stays, as it keeps changes from being told twice; it names no people.
_FORGET = text("""
    DELETE FROM booking WHERE coalesce(
        document->'slot'->>'end', document->>'expires_at', document->>'changed_at'
    )::timestamptz < now() - CAST(:age AS interval)
""")


class Housekeeping:
    """Forgets in the background, once an hour, until cancelled."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def run(self) -> None:
        """Forget until cancelled; a failure is left to the next time."""
        await repeat(self.forget, every_seconds=_EVERY_SECONDS, undone="nothing forgotten")

    async def forget(self) -> None:
        """Delete the bookings whose meetings are long over."""
        async with self._sessions.begin() as session:
            await session.execute(_FORGET, {"age": KEPT_FOR})
