"""The audit, as rows that nobody can change."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from connector.adapters.postgres.tables import audit


class PostgresAudit:
    """`Audit` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def note(
        self, *, tenant_id: str, actor: str, action: str, subject: UUID, outcome: str
    ) -> None:
        """Append an entry, stamped with the database's time."""
        await self._session.execute(
            insert(audit).values(
                tenant_id=tenant_id, actor=actor, action=action, subject=subject, outcome=outcome
            )
        )
