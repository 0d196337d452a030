"""Why a start is not offered: the same barriers as the decision, asked one by one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from availability.domain.barriers import Barrier
from availability.domain.busy_state import BusyState
from availability.domain.candidate import Candidate, candidates
from availability.domain.errors import RuleError
from availability.domain.host import Host
from availability.domain.intervals import Interval
from availability.domain.layers import Layer
from availability.domain.reasons import Reason, Refusal
from availability.domain.slot_request import SlotRequest, check_hosts
from availability.domain.wall_clock import DAY, MINUTE, day_of, instants


def explain(
    hosts: Sequence[Host], request: SlotRequest, start: int
) -> dict[UUID, tuple[Refusal, ...]]:
    """Return, per host, every reason not to offer a meeting at the instant `start`.

    A host offers a start within the window exactly when there is none. `start` must lie within
    `request.window`: a window of one second asks about one start.
    """
    check_hosts(hosts, request.rules)
    if not request.window[0] <= start < request.window[1]:
        raise RuleError("start", "must lie within the window")
    return {
        host.host_id: next(_refusals(candidate, [start]))
        for host, candidate in zip(hosts, candidates(hosts, request), strict=True)
    }


class RefusedStart(NamedTuple):
    """A start that a host does not offer, with every reason."""

    start: int
    refusals: tuple[Refusal, ...]


def refused_starts(
    hosts: Sequence[Host], request: SlotRequest
) -> dict[UUID, tuple[RefusedStart, ...]]:
    """Return, per host and in order, the starts within the window that it does not offer.

    They are those that hours and step allow, and the beginning of the window, whatever it is: who
    asks about one start lets the window begin there. A start is in neither more nor less than one
    of this answer and the slots.
    """
    check_hosts(hosts, request.rules)
    return {
        host.host_id: tuple(_refused(candidate, request.window))
        for host, candidate in zip(hosts, candidates(hosts, request), strict=True)
    }


def explain_wall_time(
    hosts: Sequence[Host], request: SlotRequest, zone: ZoneInfo, local: datetime
) -> dict[UUID, tuple[Refusal, ...]]:
    """Do the same for a naive wall time in `zone`; one that the clocks skip is a `DST_GAP`.

    Of a time that the clocks repeat, `local.fold` chooses.
    """
    wall = day_of(local.date()) * DAY + (local.hour * 60 + local.minute) * MINUTE + local.second
    shown = instants(zone, (wall, wall + 1))
    if not shown:
        return {host.host_id: (Refusal(Reason.DST_GAP),) for host in hosts}
    return explain(hosts, request, shown[-1 if local.fold else 0][0])


def _refused(candidate: Candidate, window: Interval) -> Iterator[RefusedStart]:
    begin, end = window
    asked = {begin} | {
        start for run in candidate.possible.runs for start in run if begin <= start < end
    }
    starts = sorted(asked)
    for start, refusals in zip(starts, _refusals(candidate, starts), strict=True):
        if refusals:
            yield RefusedStart(start, refusals)


def _refusals(candidate: Candidate, starts: Sequence[int]) -> Iterator[tuple[Refusal, ...]]:
    """Yield every reason against each of the starts, which ascend."""
    behind: list[dict[Refusal, None]] = [{} for _ in starts]
    for barrier in candidate.barriers:
        _stand_behind(barrier, starts, behind)
    for start, given in zip(starts, behind, strict=True):
        yield (*_impossible(candidate, start), *_without_needless_buffers(given))


def _impossible(candidate: Candidate, start: int) -> Iterator[Refusal]:
    if not candidate.possible.fits(start):
        yield Refusal(Reason.OUTSIDE_HOURS)
    elif not candidate.possible.is_on_step(start):
        yield Refusal(Reason.OFF_STEP)


def _stand_behind(
    barrier: Barrier, starts: Sequence[int], behind: Sequence[dict[Refusal, None]]
) -> None:
    """Add what the barrier has against each start to what stands `behind` it already."""
    for index, (taken, until) in enumerate(barrier.layer.intervals):
        first = bisect_right(starts, taken - barrier.lead)
        end = bisect_left(starts, until + barrier.trail, lo=first)
        if first == end:
            continue
        touch, margin = _told_of(barrier.layer, index)
        for position in range(first, end):
            touched = taken - barrier.core_lead < starts[position] < until
            behind[position][touch if touched else margin] = None


def _told_of(layer: Layer, index: int) -> tuple[Refusal, Refusal]:
    """Return what one of the layer's intervals has against a meeting, and against its buffers."""
    reference = layer.references[index] if layer.references else None
    if isinstance(reference, UUID):
        touch = Refusal(layer.reason, booking_id=reference)
    else:
        touch = Refusal(layer.reason, layer.calendar_id, reference, layer.as_of)
    # Ignorance of a buffer's time is ignorance: the source is to blame, not the buffer.
    certain = layer.state is not BusyState.UNKNOWN
    return touch, touch._replace(reason=Reason.BUFFER) if certain else touch


def _without_needless_buffers(given: Iterable[Refusal]) -> Iterator[Refusal]:
    """Leave out the buffer around what is itself in the way."""
    named = {refusal[1:] for refusal in given if refusal.reason is not Reason.BUFFER}
    return (one for one in given if one.reason is not Reason.BUFFER or one[1:] not in named)
