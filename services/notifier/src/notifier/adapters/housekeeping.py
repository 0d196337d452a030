"""Forgetting meetings that are long over: nothing is told of them any more."""

import asyncio
import logging
from datetime import timedelta

from messaging.database import Sessions
from messaging.logs import type_name
from sqlalchemy import text

_logger = logging.getLogger(__name__)

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
        while True:
            try:
                await self.forget()
            except Exception as error:  # noqa: BLE001  # old rows do no harm for another hour
                _logger.warning("nothing forgotten: %s", type_name(error))
            await asyncio.sleep(_EVERY_SECONDS)

    async def forget(self) -> None:
        """Delete the bookings whose meetings are long over."""
        async with self._sessions.begin() as session:
            await session.execute(_FORGET, {"age": KEPT_FOR})
