"""Encrypting credentials anew under the current key."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from messaging.database import Sessions
from messaging.failpoints import reach
from sqlalchemy import ColumnElement, Select, select, update

from connector.adapters.postgres.tables import connection
from connector.adapters.vault import AesGcmVault
from connector.domain.connection import SealedCredentials, SecretUnreadable


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many credentials were encrypted anew, and how many no key at hand opens."""

    rotated: int
    unreadable: int


class KeyRotation:
    """Rotates batch by batch; stopped half-way, the next run goes on where this one ended."""

    def __init__(self, sessions: Sessions, vault: AesGcmVault) -> None:
        self._sessions = sessions
        self._vault = vault

    async def run(self, *, batch: int) -> Rotation:
        """Rotate all there is. Two runs at once share the work."""
        rotated, unreadable = 0, set[UUID]()
        while rows := await self._rotate_batch(batch, unreadable):
            rotated += rows
        return Rotation(rotated, len(unreadable))

    async def _rotate_batch(self, batch: int, unreadable: set[UUID]) -> int:
        """Rotate one batch; return how many. What no key opens is added to `unreadable`."""
        rotated = 0
        async with self._sessions.begin() as session:
            for row in await session.execute(self._old_rows(batch, unreadable)):
                binding = {"tenant_id": row.tenant_id, "connection_id": row.id}
                old = SealedCredentials(key_id=row.key_id, ciphertext=row.credentials)
                try:
                    new = self._vault.seal(self._vault.unseal(old, **binding), **binding)
                except SecretUnreadable:
                    unreadable.add(row.id)
                    continue
                await session.execute(
                    update(connection)
                    .where(connection.c.id == row.id)
                    .values(key_id=new.key_id, credentials=new.ciphertext)
                )
                rotated += 1
        await reach("keys.after_batch")
        return rotated

    def _old_rows(self, batch: int, passed_over: Collection[UUID]) -> Select[Any]:
        return (
            select(connection)
            .where(self._is_old, connection.c.id.not_in(passed_over))
            .order_by(connection.c.id)
            .limit(batch)
            .with_for_update(skip_locked=True)
        )

    @property
    def _is_old(self) -> ColumnElement[bool]:
        return connection.c.key_id != self._vault.current_key_id
