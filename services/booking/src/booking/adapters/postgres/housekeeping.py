"""Forgetting what has served its time: idempotency keys and rate buckets."""

import asyncio
import logging
from datetime import timedelta

from messaging.logs import type_name

from booking.adapters.postgres.database import Database

_logger = logging.getLogger(__name__)

KEY_AGE = timedelta(days=7)
"""How long a repeated request gets its answer again."""
_BUCKET_AGE = timedelta(days=1)
_EVERY_SECONDS = 3600.0


class Housekeeping:
    """Forgets in the background, once an hour, until cancelled."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Forget until cancelled; a failure is left to the next time."""
        while True:
            try:
                await self.forget()
            except Exception as error:  # noqa: BLE001  # old rows do no harm for another hour
                _logger.warning("nothing forgotten: %s", type_name(error))
            await asyncio.sleep(_EVERY_SECONDS)

    async def forget(self) -> None:
        """Delete what is old; a bucket that was not touched for so long is full."""
        await self._database.fetch(
            "DELETE FROM idempotency_key WHERE created_at < now() - $1::interval", KEY_AGE
        )
        await self._database.fetch(
            "DELETE FROM rate_bucket WHERE updated_at < now() - $1::interval", _BUCKET_AGE
        )
