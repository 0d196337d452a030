"""Answer when hosts are busy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from availability.application.ports import Detail, HostReader
from availability.domain.errors import RuleError
from availability.domain.free_busy import FreeBusy, free_busy
from availability.domain.intervals import Interval
from availability.domain.layers import Viewpoint
from availability.domain.rules import Staleness
from availability.domain.slot_request import MAX_WINDOW_DAYS
from availability.domain.wall_clock import DAY


@dataclass(frozen=True, slots=True)
class FreeBusyQuestion:
    """Asks when hosts are busy at instants within `window`, as seen at `now`."""

    tenant_id: str
    host_ids: Sequence[UUID]
    window: Interval
    now: int
    staleness: Staleness

    def __post_init__(self) -> None:
        start, end = self.window
        if end <= start:
            raise RuleError("to", "must be later than `from`")
        if end - start > MAX_WINDOW_DAYS * DAY:
            raise RuleError("to", f"must be at most {MAX_WINDOW_DAYS} days after `from`")
        if len(set(self.host_ids)) != len(self.host_ids):
            raise RuleError("hosts", "must name each host once")


async def find_free_busy(reader: HostReader, question: FreeBusyQuestion) -> Mapping[UUID, FreeBusy]:
    """Return the answer for every host that the tenant has; there is none for others."""
    window = question.window
    known = await reader.read(
        question.tenant_id,
        question.host_ids,
        span=window,
        claims_span=window,
        detail=Detail.PACKED,
    )
    view = Viewpoint(question.now, window, question.staleness)
    return {host_id: free_busy(host, view) for host_id, host in known.items()}
