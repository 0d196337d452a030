"""What answering needs from outside."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from availability.domain.host import Host
from availability.domain.intervals import Interval

Clock = Callable[[], int]
"""Returns the present instant."""


class Detail(StrEnum):
    """How occurrences are loaded."""

    PACKED = "packed"
    """As bare intervals, but for those to be looked at one by one."""
    NAMED = "named"
    """One by one, so that reasons and overlaps can name them."""


class HostReader(Protocol):
    """Reads what is known of hosts."""

    async def read(
        self,
        tenant_id: str,
        host_ids: Collection[UUID],
        *,
        span: Interval,
        claims_span: Interval,
        detail: Detail,
    ) -> Mapping[UUID, Host]:
        """Return the tenant's active hosts among `host_ids`, as of one moment.

        Busy time that touches `span` and claims that reach into `claims_span` are complete.
        """
        ...
