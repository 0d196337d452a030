"""Free/busy: one merged answer for a host, and the sources it rests on."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from availability.domain.busy_state import PRECEDENCE, BusyState
from availability.domain.host import Host
from availability.domain.intervals import Interval, clipped, subtracted, union
from availability.domain.layers import Layer, Viewpoint, layers
from availability.domain.sources import SourceReport, source_reports

BusyInterval: TypeAlias = tuple[int, int, BusyState]
"""Instants `start <= t < end` in one state that is not free."""


class FreeBusy(NamedTuple):
    """A host's busy time by its strongest state, as merged sets that share no instant.

    What none of them covers is free. `sources` are the calendars that were asked.
    """

    busy: Mapping[BusyState, Sequence[Interval]]
    sources: Sequence[SourceReport]

    @property
    def intervals(self) -> tuple[BusyInterval, ...]:
        """The busy time in its order."""
        return tuple(
            sorted(
                (start, end, state)
                for state, intervals in self.busy.items()
                for start, end in intervals
            )
        )


def free_busy(host: Host, view: Viewpoint) -> FreeBusy:
    """Return the host's busy time within `view.span`.

    Where sources disagree the strongest state wins (`busy_state.PRECEDENCE`). Time of which a
    blocking calendar has no picture is unknown, never free. Our own bookings count with their
    buffers: confirmed as busy, held as tentative.
    """
    by_state: dict[BusyState, list[Layer]] = {}
    for layer in layers(host, view):
        by_state.setdefault(layer.state, []).append(layer)
    busy: dict[BusyState, Sequence[Interval]] = {}
    stronger: Sequence[Interval] = ()
    for state in PRECEDENCE:
        if state in by_state:
            taken = clipped(_together(by_state[state]), view.span)
            visible = subtracted(taken, stronger) if stronger else taken
            if visible:
                busy[state] = visible
            stronger = union(stronger, taken) if stronger else taken
    return FreeBusy(busy, source_reports(host, view.now, view.staleness.bound))


def _together(layers: Sequence[Layer]) -> Sequence[Interval]:
    """Return the time of layers as a merged set."""
    first, *others = layers
    if not others and not first.references:
        return first.intervals
    return union(*(layer.intervals for layer in layers))
