"""What answering needs from outside."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class KnownHost:
    """A host, with the connector's word for what is wrong with a calendar, by calendar id."""

    host: Host
    faults: Mapping[UUID, str]


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
    ) -> Mapping[UUID, KnownHost]:
        """Return the tenant's active hosts among `host_ids`, as of one moment.

        Busy time that touches `span` and claims that reach into `claims_span` are complete.
        """
        ...
