"""How many mails wait, and how long the oldest has: what tells that the mail server is away."""

import asyncio
import logging

from messaging.database import Sessions
from messaging.logs import type_name
from opentelemetry import metrics
from sqlalchemy import text

_logger = logging.getLogger(__name__)
_meter = metrics.get_meter("entente.notifier")
_pending = _meter.create_gauge(
    "entente.mail.pending", unit="{mail}", description="Mails that no mail server has taken yet"
)
_oldest = _meter.create_gauge(
    "entente.mail.oldest_pending_age", unit="s", description="Age of the oldest of them"
)
_EVERY_SECONDS = 15.0
_LOOK = text(
    "SELECT count(*) AS pending,"
    " coalesce(extract(epoch FROM now() - min(recorded_at)), 0) AS oldest"
    " FROM mail WHERE state = 'pending'"
)


class Backlog:
    """Measures in the background until cancelled."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def run(self) -> None:
        """Measure until cancelled; a failure is left to the next time."""
        while True:
            try:
                await self.measure()
            except Exception as error:  # noqa: BLE001  # the database's own alarms tell of it
                _logger.warning("backlog not measured: %s", type_name(error))
            await asyncio.sleep(_EVERY_SECONDS)

    async def measure(self) -> tuple[int, float]:
        """Record, and return, how many mails wait and the age of the oldest in seconds."""
        async with self._sessions() as session:
            row = (await session.execute(_LOOK)).one()
        _pending.set(row.pending)
        _oldest.set(float(row.oldest))
        return row.pending, float(row.oldest)
