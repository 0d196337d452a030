"""Hosts as rows; each change is announced by the statement that keeps it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.documents import HOST
from booking.adapters.postgres.outbox_rows import outbox_rows
from booking.application.errors import OutrunError
from booking.application.host_announcements import host_changed
from booking.domain.host import Host

_STORE = """
WITH stored AS (
    INSERT INTO host AS known (id, tenant_id, revision, state) VALUES ($1, $2, $3, $4::jsonb)
    ON CONFLICT (id) DO UPDATE SET revision = $3, state = $4::jsonb
        WHERE known.tenant_id = $2 AND known.revision = $3 - 1
    RETURNING id
), announced AS (
    INSERT INTO outbox (event_id, topic, key, headers, payload)
    SELECT event_id, topic, key, headers::jsonb, payload
    FROM stored, unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::bytea[])
        AS message (event_id, topic, key, headers, payload)
)
SELECT count(*) AS stored FROM stored
"""


class PostgresHosts:
    """`Hosts` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, tenant_id: str, host_id: UUID) -> Host | None:
        """Return the host, None in another tenant."""
        return next(iter(await self.several(tenant_id, [host_id])), None)

    async def zone_of(self, host_id: UUID) -> str | None:
        """Return the host's IANA zone, whatever its tenant."""
        rows = await self._database.fetch(
            "SELECT state ->> 'timezone' AS zone FROM host WHERE id = $1", host_id
        )
        return rows[0]["zone"] if rows else None

    async def several(self, tenant_id: str, host_ids: Collection[UUID]) -> Sequence[Host]:
        """Return those of the tenant, in the order asked for."""
        rows = await self._database.fetch(
            "SELECT state::text FROM host WHERE tenant_id = $1 AND id = ANY($2::uuid[])",
            tenant_id,
            list(host_ids),
        )
        found = {host.id: host for host in (HOST.read(row["state"]) for row in rows)}
        return [found[host_id] for host_id in host_ids if host_id in found]

    async def of_tenant(self, tenant_id: str) -> Sequence[Host]:
        """Return all of the tenant."""
        rows = await self._database.fetch(
            "SELECT state::text FROM host WHERE tenant_id = $1 ORDER BY id", tenant_id
        )
        return [HOST.read(row["state"]) for row in rows]

    async def store(self, host: Host) -> None:
        """Keep the host and announce it."""
        rows = await self._database.fetch(
            _STORE,
            host.id,
            host.tenant_id,
            host.revision,
            HOST.write(host),
            *outbox_rows([host_changed(host)], story=host.id, cause=None),
        )
        if not rows[0]["stored"]:
            raise OutrunError(f"host {host.id} is not at revision {host.revision - 1}")
