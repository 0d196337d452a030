"""How far a calendar has been read."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from connector.domain.source import Cursor

_SHARE_OF_READING = 0.8


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to sync one calendar for a while; a newer token takes it away.

    `length` is how long it was given for. A reading has most of it: the rest is for noting how the
    reading ended while the right still holds.
    """

    calendar_id: UUID
    tenant_id: str
    token: UUID
    length: timedelta = timedelta(minutes=3)

    @property
    def for_reading(self) -> timedelta:
        """How long the source may take."""
        return self.length * _SHARE_OF_READING


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """The state of one calendar's synchronisation.

    `as_of` is the moment before the last good reading began, `checked_at` the `as_of` last
    announced. `basis` names what the pictures were made under (horizon, zone, address): when it
    differs they are made again, from what is stored. `entries` counts what the last picture held.
    `revision` counts the readings that were announced.
    """

    calendar_id: UUID
    tenant_id: str
    cursor: Cursor | None = field(default=None, repr=False)
    next_sync_at: datetime | None = None
    lease: UUID | None = None
    failures: int = 0
    as_of: datetime | None = None
    checked_at: datetime | None = None
    basis: str | None = None
    entries: int = 0
    revision: int = 0
    deletions_approved: bool = False

    def start(self, now: datetime) -> "SyncState":
        """Plan the first reading for now."""
        return replace(self, next_sync_at=now)

    def read(
        self, *, cursor: Cursor, as_of: datetime, now: datetime, wait: timedelta
    ) -> "SyncState":
        """Note a good reading; it ends the lease and what was approved for it."""
        return replace(
            self,
            cursor=cursor,
            as_of=as_of,
            next_sync_at=self._next(now, wait),
            failures=0,
            lease=None,
            deletions_approved=False,
        )

    def fail(self, *, now: datetime, wait: timedelta) -> "SyncState":
        """Note a reading that did not succeed; all that was known stays."""
        next_sync_at = self._next(now, wait)
        return replace(self, failures=self.failures + 1, next_sync_at=next_sync_at, lease=None)

    def picture_made(self, *, basis: str | None, entries: int) -> "SyncState":
        """Note what the picture was made under and holds; with None it is made anew next time."""
        return replace(self, basis=basis, entries=entries)

    def announce(self, as_of: datetime | None) -> "SyncState":
        """Count a reading that is told to others."""
        return replace(self, revision=self.revision + 1, checked_at=as_of)

    def approve_deletions(self) -> "SyncState":
        """Let the next reading remove as much as it does."""
        return replace(self, deletions_approved=True)

    def end(self) -> "SyncState":
        """Forget all but the count of readings; a sync under way finds its lease gone."""
        return SyncState(
            calendar_id=self.calendar_id, tenant_id=self.tenant_id, revision=self.revision + 1
        )

    def _next(self, now: datetime, wait: timedelta) -> datetime:
        """Return the next turn: at once when someone asked for it during this one."""
        if self.next_sync_at and self.next_sync_at <= now:
            return self.next_sync_at
        return now + wait
