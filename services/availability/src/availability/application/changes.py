"""What a projected record may have changed in the announcements about a host."""

from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol
from uuid import UUID


class HostChange(NamedTuple):
    """The host's busy time in a month (`months.month_number`) may differ; None: in any month."""

    host_id: UUID
    tenant_id: str
    month: int | None


class Changes(Protocol):
    """Keeps what changed until it is announced, in the transaction of what changed it."""

    async def add(self, changes: Collection[HostChange]) -> None:
        """Keep changes."""
        ...


def every_month(host_ids: Iterable[tuple[UUID, str]]) -> set[HostChange]:
    """Return changes that concern all months of hosts, given with their tenants."""
    return {HostChange(host_id, tenant_id, None) for host_id, tenant_id in host_ids}
