"""Hosts' calendars and the queue, as rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from booking.adapters.postgres.database import Database, Row
from booking.adapters.postgres.documents import CALENDAR
from booking.domain.calendar import Calendar
from booking.domain.queue import Member, Skipped


class PostgresCalendars:
    """`Calendars` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_hosts(self, host_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Calendar]]:
        """Return the calendars by host."""
        rows = await self._database.fetch(
            "SELECT state::text FROM calendar WHERE host_id = ANY($1::uuid[]) ORDER BY id",
            list(host_ids),
        )
        found: dict[UUID, list[Calendar]] = defaultdict(list)
        for row in rows:
            calendar = CALENDAR.read(row["state"])
            found[calendar.host_id].append(calendar)
        return found

    async def get(self, calendar_id: UUID) -> Calendar | None:
        """Return the calendar."""
        rows = await self._database.fetch(
            "SELECT state::text FROM calendar WHERE id = $1", calendar_id
        )
        return CALENDAR.read(rows[0]["state"]) if rows else None

    async def project(self, calendar: Calendar) -> bool:
        """Keep the calendar unless a newer revision is known; tell whether it was kept."""
        rows = await self._database.fetch(
            "INSERT INTO calendar AS known (id, tenant_id, host_id, revision, state)"
            " VALUES ($1, $2, $3, $4, $5::jsonb)"
            " ON CONFLICT (id) DO UPDATE SET host_id = $3, revision = $4, state = $5::jsonb"
            " WHERE known.revision < $4 RETURNING id",
            calendar.id,
            calendar.tenant_id,
            calendar.host_id,
            calendar.revision,
            CALENDAR.write(calendar),
        )
        return bool(rows)

    async def queue(self, tenant_id: str) -> Sequence[Member]:
        """Return the tenant's queue in order of joining."""
        rows = await self._database.fetch(
            "SELECT * FROM queue_member WHERE tenant_id = $1 ORDER BY joined_at, host_id",
            tenant_id,
        )
        return [_member(row) for row in rows]

    async def enqueue(self, member: Member) -> None:
        """Add the host to the queue, or update why it is skipped."""
        await self._database.fetch(
            "INSERT INTO queue_member (host_id, tenant_id, joined_at, skipped)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (host_id) DO UPDATE SET skipped = $4",
            member.host_id,
            member.tenant_id,
            member.joined_at,
            member.skipped.value if member.skipped else None,
        )

    async def chosen(self, host_id: UUID, now: datetime) -> None:
        """Note that it was the host's turn."""
        await self._database.fetch(
            "UPDATE queue_member SET last_chosen_at = $2 WHERE host_id = $1", host_id, now
        )


def _member(row: Row) -> Member:
    return Member(
        host_id=row["host_id"],
        tenant_id=row["tenant_id"],
        joined_at=row["joined_at"],
        last_chosen_at=row["last_chosen_at"],
        skipped=Skipped(row["skipped"]) if row["skipped"] else None,
    )
