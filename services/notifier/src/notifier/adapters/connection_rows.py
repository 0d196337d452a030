"""Calendars, their owners and broken connections, as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.adapters.tables import breakage, calendar, owner
from notifier.domain.breakage import Breakage, Owner

# Of two calendars that recover side by side, each would see the other broken still.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:host_id, 0))")


class PostgresCalendars:
    """`Calendars` within the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, host_id: UUID) -> None:
        """Keep others from changing what is known of a host and the calendars."""
        await self._session.execute(_LOCK, {"host_id": f"notifier.host.{host_id}"})

    async def writable(self, calendar_ids: Sequence[UUID]) -> Mapping[UUID, bool]:
        """Return which of the calendars that are known can be written."""
        query = select(calendar.c.calendar_id, calendar.c.writable)
        rows = await self._session.execute(query.where(calendar.c.calendar_id.in_(calendar_ids)))
        return {row.calendar_id: row.writable for row in rows}

    async def put_owner(self, heard: Owner, revision: int) -> None:
        """Remember how to address a host; an older revision changes nothing."""
        statement = insert(owner).values(revision=revision, **asdict(heard))
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["host_id"],
                set_={c.name: statement.excluded[c.name] for c in owner.c if not c.primary_key},
                where=owner.c.revision < statement.excluded.revision,
            )
        )

    async def put_calendar(
        self, calendar_id: UUID, *, connection_id: UUID, revision: int, writable: bool, broken: bool
    ) -> bool:
        """Remember a calendar; tell whether this was news."""
        values = {
            "connection_id": connection_id,
            "revision": revision,
            "writable": writable,
            "broken": broken,
        }
        result = await self._session.execute(
            insert(calendar)
            .values(calendar_id=calendar_id, **values)
            .on_conflict_do_update(
                index_elements=["calendar_id"],
                set_=values,
                where=calendar.c.revision < revision,
            )
            .returning(calendar.c.calendar_id)
        )
        return result.first() is not None

    async def note_breakage(self, found: Breakage, *, told: bool) -> None:
        """Remember that a connection broke, unless that is known already."""
        await self._session.execute(
            insert(breakage).values(told=told, **asdict(found)).on_conflict_do_nothing()
        )

    async def mend(self, connection_id: UUID) -> None:
        """Forget a breakage, once no calendar of the connection is broken any more."""
        still_broken = exists().where(calendar.c.connection_id == connection_id, calendar.c.broken)
        await self._session.execute(
            delete(breakage).where(breakage.c.connection_id == connection_id, ~still_broken)
        )

    async def take_untold(self, host_id: UUID) -> Sequence[tuple[Breakage, Owner]]:
        """Mark a host's breakages as told, if it is known how to tell; return them."""
        rows = await self._session.execute(
            update(breakage)
            .values(told=True)
            .where(
                breakage.c.host_id == host_id,
                ~breakage.c.told,
                owner.c.host_id == breakage.c.host_id,
            )
            .returning(
                breakage,
                owner.c.name,
                owner.c.address,
                owner.c.timezone,
                owner.c.locale,
            )
        )
        return [
            (
                Breakage(
                    tenant_id=row.tenant_id,
                    connection_id=row.connection_id,
                    host_id=row.host_id,
                    calendar_id=row.calendar_id,
                    calendar=row.calendar,
                    fault=row.fault,
                    revision=row.revision,
                    since=row.since,
                    is_gone=row.is_gone,
                ),
                Owner(
                    host_id=row.host_id,
                    name=row.name,
                    address=row.address,
                    timezone=row.timezone,
                    locale=row.locale,
                ),
            )
            for row in rows
        ]
