"""Null values: what a key named is gone."""

from typing import NamedTuple
from uuid import UUID

from messaging.delivery import Tombstone, UnreadableRecordError


class Ending(NamedTuple):
    """What ended, and since which version of it; None: whatever it was."""

    id: UUID
    revision: int | None


def ending(tombstone: Tombstone) -> Ending:
    """Read the end of something that its id alone is the key of."""
    envelope = tombstone.envelope
    try:
        return Ending(UUID(tombstone.key), envelope.aggregate_version if envelope else None)
    except ValueError:
        raise UnreadableRecordError("invalid_key", "is no UUID") from None
