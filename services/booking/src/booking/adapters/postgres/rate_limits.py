"""Token buckets as rows: shared by all replicas, counted by the database's clock."""

import hashlib
from datetime import timedelta

from booking.adapters.postgres.database import Database

_TAKE = """
INSERT INTO rate_bucket AS bucket (key, tokens) VALUES ($1, $2::float8 - 1)
ON CONFLICT (key) DO UPDATE SET updated_at = now(), tokens = least(
        $2::float8, bucket.tokens + extract(epoch FROM now() - bucket.updated_at) / $3::float8) - 1
    WHERE least(
        $2::float8, bucket.tokens + extract(epoch FROM now() - bucket.updated_at) / $3::float8) >= 1
RETURNING tokens
"""


class PostgresRateLimits:
    """`RateLimits` in a database. Keys are kept as digests: they may name people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, key: str, *, capacity: int, refill: timedelta) -> bool:
        """Take a token; False when there is none. One comes back every `refill`."""
        digest = hashlib.sha256(key.encode()).digest()
        return bool(
            await self._database.fetch(_TAKE, digest, float(capacity), refill.total_seconds())
        )
