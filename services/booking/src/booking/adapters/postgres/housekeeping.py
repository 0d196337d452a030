"""Forgetting what has served its time: idempotency keys and rate buckets."""

from datetime import timedelta

from messaging.chores import repeat

from booking.adapters.postgres.database import Database

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
        await repeat(self.forget, every_seconds=_EVERY_SECONDS, undone="nothing forgotten")

    async def forget(self) -> None:
        """Delete what is old; a bucket that was not touched for so long is full."""
        await self._database.fetch(
            "DELETE FROM idempotency_key WHERE created_at < now() - $1::interval", KEY_AGE
        )
        await self._database.fetch(
            "DELETE FROM rate_bucket WHERE updated_at < now() - $1::interval", _BUCKET_AGE
        )
