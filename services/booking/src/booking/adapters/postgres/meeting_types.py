"""Meeting types as rows."""

from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.documents import MEETING_TYPE
from booking.application.errors import OutrunError
from booking.domain.meeting_type import MeetingType

_STORE = """
INSERT INTO meeting_type AS known (id, tenant_id, slug, revision, state)
VALUES ($1, $2, $3, $4, $5::jsonb)
ON CONFLICT (id) DO UPDATE SET slug = $3, revision = $4, state = $5::jsonb
    WHERE known.tenant_id = $2 AND known.revision = $4 - 1
RETURNING id
"""


class PostgresMeetingTypes:
    """`MeetingTypes` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, meeting_type_id: UUID) -> MeetingType | None:
        """Return the meeting type, None in another tenant."""
        rows = await self._database.fetch(
            "SELECT state::text FROM meeting_type WHERE id = $1 AND tenant_id = $2",
            meeting_type_id,
            tenant_id,
        )
        return MEETING_TYPE.read(rows[0]["state"]) if rows else None

    async def find(self, slug: str) -> MeetingType | None:
        """Return the meeting type guests know by this slug."""
        rows = await self._database.fetch(
            "SELECT state::text FROM meeting_type WHERE slug = $1", slug
        )
        return MEETING_TYPE.read(rows[0]["state"]) if rows else None

    async def of_tenant(self, tenant_id: str) -> Sequence[MeetingType]:
        """Return all of the tenant."""
        rows = await self._database.fetch(
            "SELECT state::text FROM meeting_type WHERE tenant_id = $1 ORDER BY id", tenant_id
        )
        return [MEETING_TYPE.read(row["state"]) for row in rows]

    async def store(self, meeting_type: MeetingType) -> None:
        """Keep it; raises OutrunError, or SlugTakenError."""
        rows = await self._database.fetch(
            _STORE,
            meeting_type.id,
            meeting_type.tenant_id,
            meeting_type.slug,
            meeting_type.revision,
            MEETING_TYPE.write(meeting_type),
        )
        if not rows:
            raise OutrunError(f"{meeting_type.id} is not at revision {meeting_type.revision - 1}")
