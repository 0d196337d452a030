"""What the use cases keep, and where they keep it.

Locks are taken in one order everywhere: host, connection, calendar, sync state, entry.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from entente_contracts import EntryEvent, Message

from connector.domain.calendar import Calendar
from connector.domain.connection import Connection, SealedCredentials
from connector.domain.entry import Entry
from connector.domain.expansion import BrokenEvent
from connector.domain.host import Host
from connector.domain.source import Resource
from connector.domain.sync_state import SyncState


class Hosts(Protocol):
    """Hosts, projected from their events."""

    async def get(self, tenant_id: str, host_id: UUID) -> Host | None:
        """Return the host, None in another tenant."""
        ...

    async def lock(self, host_id: UUID) -> Host:
        """Return the host, locked: connecting and saving settings take turns."""
        ...

    async def project(self, host: Host) -> bool:
        """Keep the host unless a newer revision is known; tell whether it was kept."""
        ...

    async def count_settings(self, host_id: UUID) -> int:
        """Count a save of the settings; return the new revision."""
        ...


class Connections(Protocol):
    """Connections and their sealed credentials."""

    async def add(self, connection: Connection) -> None:
        """Keep a new connection."""
        ...

    async def get(self, tenant_id: str, connection_id: UUID) -> Connection | None:
        """Return the connection, None in another tenant."""
        ...

    async def lock(self, connection_id: UUID) -> Connection:
        """Return the connection, locked."""
        ...

    async def of_host(self, host_id: UUID) -> Sequence[Connection]:
        """Return the host's connections, oldest first."""
        ...

    async def save(self, connection: Connection) -> None:
        """Keep the changed connection."""
        ...

    async def credentials(self, connection_id: UUID) -> SealedCredentials | None:
        """Return the sealed credentials, None where there are none (any more)."""
        ...

    async def seal(self, connection_id: UUID, sealed: SealedCredentials | None) -> None:
        """Replace the credentials; None deletes them."""
        ...


class Calendars(Protocol):
    """Calendars."""

    async def add(self, calendar: Calendar) -> None:
        """Keep a new calendar."""
        ...

    async def get(self, tenant_id: str, calendar_id: UUID) -> Calendar | None:
        """Return the calendar, None in another tenant."""
        ...

    async def lock(self, calendar_id: UUID) -> Calendar:
        """Return the calendar, locked."""
        ...

    async def of_host(self, host_id: UUID) -> Sequence[Calendar]:
        """Return the calendars of a host, oldest first."""
        ...

    async def lock_of_host(self, host_id: UUID) -> Sequence[Calendar]:
        """Return the same, locked."""
        ...

    async def save(self, calendar: Calendar) -> None:
        """Keep the changed calendar."""
        ...


class SyncStates(Protocol):
    """How far each calendar was read."""

    async def add(self, state: SyncState, *, server: str) -> None:
        """Keep the state of a new calendar, read from `server`."""
        ...

    async def get(self, calendar_id: UUID) -> SyncState:
        """Return the state."""
        ...

    async def lock(self, calendar_id: UUID) -> SyncState:
        """Return the state, locked."""
        ...

    async def save(self, state: SyncState) -> None:
        """Keep the changed state."""
        ...

    async def wake(self, calendar_ids: Collection[UUID], *, at: datetime) -> None:
        """Make calendars that are read due, once however often asked, and wake the scheduler."""
        ...

    async def look_again(self, calendar_id: UUID, *, at: datetime) -> None:
        """Make the calendar due, and its next reading make the picture whatever it brings."""
        ...

    async def wake_host(self, host_id: UUID, *, at: datetime) -> None:
        """Make all calendars of a host due."""
        ...


class Objects(Protocol):
    """The resources a calendar consists of, as its source gave them."""

    async def of(self, calendar_id: UUID) -> Mapping[str, Resource]:
        """Return all resources by name."""
        ...

    async def upsert(
        self, calendar_id: UUID, tenant_id: str, resources: Mapping[str, Resource]
    ) -> None:
        """Add or replace resources."""
        ...

    async def remove(self, calendar_id: UUID, names: Collection[str]) -> None:
        """Remove resources by name."""
        ...

    async def clear(self, calendar_id: UUID) -> None:
        """Remove them all."""
        ...


class Pictures(Protocol):
    """Which months were announced, and what of: a digest per month."""

    async def digests(self, calendar_id: UUID) -> Mapping[str, bytes]:
        """Return the digests by month (`yyyy-mm`)."""
        ...

    async def put(
        self, calendar_id: UUID, tenant_id: str, digests: Mapping[str, bytes], *, revision: int
    ) -> None:
        """Note months as announced."""
        ...

    async def remove(self, calendar_id: UUID, months: Collection[str]) -> None:
        """Note months as ended."""
        ...


class BrokenEvents(Protocol):
    """Events that could not be read as they stand, for the owner's eyes."""

    async def of(self, calendar_id: UUID) -> Sequence[BrokenEvent]:
        """Return what is broken at present."""
        ...

    async def replace(
        self, calendar_id: UUID, tenant_id: str, broken: Sequence[BrokenEvent]
    ) -> None:
        """Replace what is known to be broken."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """The last push to an in-house calendar: its sequence, and a digest of its body."""

    sequence: int
    digest: bytes

    def undone(self) -> "Push":
        """Return what is as good as the push before it: the same may come again, no older one."""
        return Push(sequence=self.sequence - 1, digest=b"") if self.digest else self


class Pushes(Protocol):
    """What in-house systems pushed last. The calendar's lock covers them."""

    async def last(self, calendar_id: UUID) -> Push | None:
        """Return the last push."""
        ...

    async def note(self, calendar_id: UUID, tenant_id: str, push: Push) -> None:
        """Note the last push."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """The message that led to what is done later, outside its transaction.

    `headers` hold its envelope, and the trace in which it was handled.
    """

    headers: Mapping[str, str] = field(repr=False)


class Entries(Protocol):
    """Entries of bookings, by calendar and UID. The calendar's lock covers making new ones."""

    async def lock(self, calendar_id: UUID, uid: str) -> Entry | None:
        """Return the entry, locked."""
        ...

    async def add(self, entry: Entry, origin: Origin) -> None:
        """Keep a new entry, and wake whoever writes them."""
        ...

    async def save(
        self, entry: Entry, *, origin: Origin | None = None, answer: EntryEvent | None = None
    ) -> None:
        """Keep the changed entry, with the origin of a new command or the answer to the last."""
        ...

    async def answer(self, calendar_id: UUID, uid: str) -> Message | None:
        """Return the answer to the last command, None where there is none yet."""
        ...

    async def standing(self, calendar_id: UUID, *, after: datetime) -> Sequence[Entry]:
        """Return the entries that are written and end after a moment."""
        ...

    async def own_uids(self, host_id: UUID, *, after: datetime) -> Mapping[str, UUID]:
        """Return the UIDs and bookings of entries for the host's calendars that end after it."""
        ...

    async def wanted_in(self, calendar_ids: Collection[UUID], uid: str) -> AbstractSet[UUID]:
        """Return which of the calendars hold the entry with this UID, or are being told to."""
        ...

    async def wake(self, calendar_ids: Collection[UUID], *, at: datetime) -> None:
        """Make what is planned for these calendars due."""
        ...


class Audit(Protocol):
    """Who did what, or was refused; append-only."""

    async def note(
        self, *, tenant_id: str, actor: str, action: str, subject: UUID, outcome: str
    ) -> None:
        """Append an entry, stamped with the database's time."""
        ...


class Announcer(Protocol):
    """The outbox: what is announced commits with the state it speaks of."""

    async def announce(self, message: Message) -> None:
        """Announce a message."""
        ...

    async def end(
        self, ended: type[Message], *, key: str, calendar_id: UUID, version: int, tenant_id: str
    ) -> None:
        """Announce that the state under a key ended."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Everything kept, within one transaction."""

    hosts: Hosts
    connections: Connections
    calendars: Calendars
    sync_states: SyncStates
    objects: Objects
    pictures: Pictures
    broken_events: BrokenEvents
    pushes: Pushes
    entries: Entries
    audit: Audit
    announcer: Announcer


class UnitOfWork(Protocol):
    """Opens transactions: commits at the end of the block, rolls back when it raises."""

    def __call__(self, cause: Origin | None = None) -> AbstractAsyncContextManager[Store]:
        """Begin a transaction; what it announces is the consequence of `cause`."""
        ...
