"""The store: one session, one transaction, everything kept through it."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from entente_contracts import Message
from messaging.database import Sessions
from messaging.delivery import Arrival
from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.audit import PostgresAudit
from connector.adapters.postgres.calendars import PostgresCalendars
from connector.adapters.postgres.connections import PostgresConnections
from connector.adapters.postgres.entries import PostgresEntries
from connector.adapters.postgres.hosts import PostgresHosts
from connector.adapters.postgres.objects import PostgresObjects
from connector.adapters.postgres.origin import arrival_of
from connector.adapters.postgres.pictures import PostgresBrokenEvents, PostgresPictures
from connector.adapters.postgres.pushes import PostgresPushes
from connector.adapters.postgres.sync_states import PostgresSyncStates
from connector.application.store import Origin, Store

_outbox = Outbox("/connector")


class OutboxAnnouncer:
    """`Announcer` through the outbox; `cause` is the delivery that is being handled."""

    def __init__(self, session: AsyncSession, cause: Arrival | None) -> None:
        self._session = session
        self._cause = cause

    async def announce(self, message: Message) -> None:
        """Announce a message."""
        await _outbox.add(self._session, message, cause=self._cause)

    async def end(
        self, ended: type[Message], *, key: str, calendar_id: UUID, version: int, tenant_id: str
    ) -> None:
        """Announce that the state under a key ended."""
        await _outbox.add_tombstone(
            self._session,
            ended,
            key=key,
            subject=str(calendar_id),
            version=version,
            tenant_id=tenant_id,
            cause=self._cause,
        )


def store_in(session: AsyncSession, *, cause: Arrival | None = None) -> Store:
    """Return the store that works within a session's transaction."""
    return Store(
        hosts=PostgresHosts(session),
        connections=PostgresConnections(session),
        calendars=PostgresCalendars(session),
        sync_states=PostgresSyncStates(session),
        objects=PostgresObjects(session),
        pictures=PostgresPictures(session),
        broken_events=PostgresBrokenEvents(session),
        pushes=PostgresPushes(session),
        entries=PostgresEntries(session),
        audit=PostgresAudit(session),
        announcer=OutboxAnnouncer(session, cause),
    )


class PostgresUnitOfWork:
    """`UnitOfWork` over the service's sessions."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def __call__(self, cause: Origin | None = None) -> AbstractAsyncContextManager[Store]:
        """Begin a transaction; what it announces is the consequence of `cause`."""
        return self._transaction(cause)

    @asynccontextmanager
    async def _transaction(self, cause: Origin | None) -> AsyncGenerator[Store]:
        async with self._sessions.begin() as session:
            yield store_in(session, cause=arrival_of(cause) if cause else None)
