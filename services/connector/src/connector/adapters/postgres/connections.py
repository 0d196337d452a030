"""Connections as rows, their credentials encrypted beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import connection as _table
from connector.domain.calendar import Provider
from connector.domain.connection import Connection, ConnectionStatus, SealedCredentials

_SHOWN = [c for c in _table.c if c.name not in {"key_id", "credentials"}]


class PostgresConnections:
    """`Connections` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, connection: Connection) -> None:
        """Keep a new connection."""
        await self._session.execute(insert(_table).values(asdict(connection)))

    async def get(self, tenant_id: str, connection_id: UUID) -> Connection | None:
        """Return the connection, None in another tenant."""
        query = select(*_SHOWN).where(_table.c.id == connection_id, _table.c.tenant_id == tenant_id)
        row = (await self._session.execute(query)).mappings().one_or_none()
        return _connection(row) if row else None

    async def lock(self, connection_id: UUID) -> Connection:
        """Return the connection, locked."""
        query = select(*_SHOWN).where(_table.c.id == connection_id).with_for_update()
        return _connection((await self._session.execute(query)).mappings().one())

    async def of_host(self, host_id: UUID) -> Sequence[Connection]:
        """Return the host's connections, oldest first."""
        query = (
            select(*_SHOWN)
            .where(_table.c.host_id == host_id)
            .order_by(_table.c.created_at, _table.c.id)
        )
        return [_connection(row) for row in (await self._session.execute(query)).mappings()]

    async def save(self, connection: Connection) -> None:
        """Keep the changed connection."""
        values: dict[str, Any] = asdict(connection)
        await self._session.execute(
            update(_table).where(_table.c.id == connection.id).values(values)
        )

    async def credentials(self, connection_id: UUID) -> SealedCredentials | None:
        """Return the sealed credentials, None where there are none (any more)."""
        query = select(_table.c.key_id, _table.c.credentials).where(_table.c.id == connection_id)
        key_id, ciphertext = (await self._session.execute(query)).one()
        return SealedCredentials(key_id=key_id, ciphertext=ciphertext) if key_id else None

    async def seal(self, connection_id: UUID, sealed: SealedCredentials | None) -> None:
        """Replace the credentials; None deletes them."""
        await self._session.execute(
            update(_table)
            .where(_table.c.id == connection_id)
            .values(
                key_id=sealed.key_id if sealed else None,
                credentials=sealed.ciphertext if sealed else None,
            )
        )


def _connection(row: Mapping[Any, Any]) -> Connection:
    values: dict[str, Any] = dict(row)
    values["provider"] = Provider(values["provider"])
    values["status"] = ConnectionStatus(values["status"])
    return Connection(**values)
