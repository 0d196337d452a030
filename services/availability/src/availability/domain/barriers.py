"""Barriers: each reason to refuse a start, as the set of starts that it refuses.

A start is offered when it is possible and stands behind no barrier. The mask, the sweep and the
explanation all read the same barriers.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from availability.domain.busy_state import BusyState
from availability.domain.host import Host
from availability.domain.intervals import ALWAYS, Interval
from availability.domain.layers import Layer, Viewpoint, layers
from availability.domain.reasons import Reason
from availability.domain.rules import AllDayPolicy, SlotRules
from availability.domain.wall_clock import day_end, day_start, local_day


class Barrier(NamedTuple):
    """A layer of taken time and how far it reaches.

    Time taken from `start` to `end` refuses a meeting that starts at `t` when
    `start - lead < t < end + trail`: the meeting and its buffers would touch it. The meeting
    itself does when `start - core_lead < t < end`.
    """

    layer: Layer
    lead: int
    core_lead: int
    trail: int


def barriers(host: Host, rules: SlotRules, view: Viewpoint) -> Iterator[Barrier]:
    """Yield everything but working hours and step that refuses starts of this host."""
    for layer in _limits(host, rules, view):
        # With these margins a layer of starts refuses exactly the starts that it holds.
        yield Barrier(layer, lead=1, core_lead=1, trail=0)
    lead = rules.duration + rules.buffer_after
    for layer in layers(host, view):
        if _blocks(layer, rules):
            yield Barrier(layer, lead, rules.duration, rules.buffer_before)


def _blocks(layer: Layer, rules: SlotRules) -> bool:
    if layer.calendar_id is None:
        return True
    if layer.reason is Reason.ALL_DAY_POLICY and rules.all_day is AllDayPolicy.ONLY_AWAY:
        return layer.state is BusyState.OUT_OF_OFFICE and layer.state in rules.blocking
    return layer.state in rules.blocking


def _limits(host: Host, rules: SlotRules, view: Viewpoint) -> Iterator[Layer]:
    """Yield the starts that notice, horizon and the limit of a day refuse."""
    zone = host.zone
    yield from _limits_of_zone(zone, view.now, rules.minimum_notice, rules.horizon_days)
    if rules.daily_limit is not None:
        starts = {
            (claim.booking_id, local_day(zone, claim.start))
            for claim in host.claims
            if claim.booking_id != view.ignore_booking
        }
        booked = Counter(day for _, day in starts)
        for day, count in sorted(booked.items()):
            if count >= rules.daily_limit:
                yield _starts(Reason.DAY_LIMIT, (day_start(zone, day), day_end(zone, day)))


@lru_cache(maxsize=256)
def _limits_of_zone(
    zone: ZoneInfo, now: int, minimum_notice: int, horizon_days: int
) -> Sequence[Layer]:
    """Return what refuses a start of any host in a zone; hosts of a search share few of them."""
    horizon = day_start(zone, local_day(zone, now) + horizon_days + 1)
    limits = [_starts(Reason.PAST, (ALWAYS[0], now))]
    if minimum_notice:
        limits.append(_starts(Reason.TOO_SOON, (now, now + minimum_notice)))
    return (*limits, _starts(Reason.TOO_FAR, (horizon, ALWAYS[1])))


def _starts(reason: Reason, refused: Interval) -> Layer:
    return Layer(reason, BusyState.UNKNOWN, (refused,))
