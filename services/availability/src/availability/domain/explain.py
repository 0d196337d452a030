"""Why a start is not offered: the same barriers as the decision, asked one by one."""

from collections.abc import Iterator, Sequence
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
        host.host_id: tuple(_refusals(candidate, start))
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
    for start in sorted(asked):
        refusals = tuple(_refusals(candidate, start))
        if refusals:
            yield RefusedStart(start, refusals)


def _refusals(candidate: Candidate, start: int) -> Iterator[Refusal]:
    if not candidate.possible.fits(start):
        yield Refusal(Reason.OUTSIDE_HOURS)
    elif not candidate.possible.is_on_step(start):
        yield Refusal(Reason.OFF_STEP)
    given: dict[Refusal, None] = {}
    for barrier in candidate.barriers:
        given.update(dict.fromkeys(_behind(barrier, start)))
    for refusal in given:
        if refusal.reason is not Reason.BUFFER or not _is_told(refusal, given):
            yield refusal


def _behind(barrier: Barrier, start: int) -> Iterator[Refusal]:
    layer = barrier.layer
    for index, (taken, until) in enumerate(layer.intervals):
        if not taken - barrier.lead < start < until + barrier.trail:
            continue
        touched = taken - barrier.core_lead < start < until
        # Ignorance of a buffer's time is ignorance: the source is to blame, not the buffer.
        certain = layer.state is not BusyState.UNKNOWN
        reason = Reason.BUFFER if certain and not touched else layer.reason
        reference = layer.references[index] if layer.references else None
        if isinstance(reference, UUID):
            yield Refusal(reason, booking_id=reference)
        else:
            yield Refusal(reason, layer.calendar_id, reference, layer.as_of)


def _is_told(buffer: Refusal, given: dict[Refusal, None]) -> bool:
    """Tell whether the very thing behind a buffer is itself in the way."""
    return any(
        refusal[1:] == buffer[1:] and refusal.reason is not Reason.BUFFER for refusal in given
    )
