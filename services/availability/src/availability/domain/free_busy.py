"""Free/busy: one merged answer for a host, and the sources it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.host import Host
from availability.domain.intervals import Interval, clipped, subtracted, union
from availability.domain.layers import Layer, Viewpoint, layers
from availability.domain.sources import SourceReport, source_reports

BusyInterval: TypeAlias = tuple[int, int, BusyState]
"""Instants `start <= t < end` in one state that is not free."""


@dataclass(frozen=True, slots=True)
class FreeBusy:
    """A host's busy time: sorted, disjoint, each stretch in its strongest state.

    What no interval covers is free. `sources` are the calendars that were asked.
    """

    intervals: tuple[BusyInterval, ...]
    sources: tuple[SourceReport, ...]


def free_busy(host: Host, view: Viewpoint) -> FreeBusy:
    """Return the host's busy time within `view.span`.

    Where sources disagree the strongest state wins (`busy_state.PRECEDENCE`). Time of which a
    blocking calendar has no picture is unknown, never free. Our own bookings count with their
    buffers: confirmed as busy, held as tentative.
    """
    by_state: dict[BusyState, list[Layer]] = {}
    for layer in layers(host, view):
        by_state.setdefault(layer.state, []).append(layer)
    found: list[BusyInterval] = []
    stronger: list[Interval] = []
    for state in PRECEDENCE:
        if state in by_state:
            taken = clipped(_together(by_state[state]), view.span)
            visible = subtracted(taken, stronger) if stronger else taken
            found += [(start, end, state) for start, end in visible]
            stronger = union(stronger, taken) if stronger else taken
    found.sort()
    return FreeBusy(tuple(found), source_reports(host, view.now, view.staleness.bound))


def _together(layers: Sequence[Layer]) -> Sequence[Interval]:
    """Return the time of layers as a merged set."""
    first, *others = layers
    if not others and not first.references:
        return first.intervals
    return union(*(layer.intervals for layer in layers))
