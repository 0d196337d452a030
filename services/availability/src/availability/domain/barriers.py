"""Barriers: each reason to refuse a start, as the set of starts that it refuses.

A start is offered when it is possible and stands behind no barrier. The mask, the sweep and the
explanation all read the same barriers.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

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
    now, zone = view.now, host.zone
    yield _starts(Reason.PAST, (ALWAYS[0], now))
    if rules.minimum_notice:
        yield _starts(Reason.TOO_SOON, (now, now + rules.minimum_notice))
    horizon = day_start(zone, local_day(zone, now) + rules.horizon_days + 1)
    yield _starts(Reason.TOO_FAR, (horizon, ALWAYS[1]))
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


def _starts(reason: Reason, refused: Interval) -> Layer:
    return Layer(reason, BusyState.UNKNOWN, (refused,))
