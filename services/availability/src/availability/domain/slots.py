"""Free slots: of one host, of several together, of any of several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from availability.domain import mask, sweep
from availability.domain.candidate import candidates
from availability.domain.host import Host
from availability.domain.rules import StalePolicy
from availability.domain.slot_request import SlotRequest, check_hosts
from availability.domain.sources import SourceReport, needs_recheck, source_reports

_MOST_POINTS = 32_768
"""90 days in steps of 5 minutes fit; over longer masks the sweep is quicker."""


class Slot(NamedTuple):
    """A time that may be offered, at instants `start <= t < end`.

    `host_ids` are the hosts who are free, in the order they were given: all of them in a
    collective search. `recheck` says that a calendar of one of them is older than the bound and
    wants another look before the slot is confirmed.
    """

    start: int
    end: int
    host_ids: tuple[UUID, ...]
    recheck: bool


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """The slots in order, and per host the calendars that they rest on.

    `recheck` names the hosts of whom a calendar wants another look.
    """

    slots: tuple[Slot, ...]
    sources: dict[UUID, tuple[SourceReport, ...]]
    recheck: frozenset[UUID]


def collective_slots(hosts: Sequence[Host], request: SlotRequest) -> FreeSlots:
    """Return the slots at which every host is free; with one host, that host's slots.

    Raises `RuleError` where the hosts cannot be searched together.
    """
    check_hosts(hosts, request.rules)
    found = candidates(hosts, request)
    lattice = mask.Lattice.holding(found, request.days)
    if lattice.points <= _MOST_POINTS:
        starts = mask.together(found, request.window, lattice)
    else:
        starts = sweep.together(found, request.window)
    everyone = tuple(range(len(hosts)))
    return _answer(hosts, request, [(start, everyone) for start in starts])


def any_host_slots(hosts: Sequence[Host], request: SlotRequest) -> FreeSlots:
    """Return the slots at which at least one host is free, each with those who are.

    Raises `RuleError` where the hosts cannot be searched together.
    """
    check_hosts(hosts, request.rules)
    found = candidates(hosts, request)
    lattice = mask.Lattice.holding(found, request.days)
    if lattice.points <= _MOST_POINTS:
        starts = mask.any_of(found, request.window, lattice)
    else:
        starts = sweep.any_of(found, request.window)
    return _answer(hosts, request, starts)


def _answer(
    hosts: Sequence[Host], request: SlotRequest, starts: Sequence[tuple[int, tuple[int, ...]]]
) -> FreeSlots:
    now, staleness, duration = request.now, request.rules.staleness, request.rules.duration
    recheck = frozenset(
        host.host_id
        for host in hosts
        if staleness.policy is StalePolicy.RECHECK and needs_recheck(host, now, staleness.bound)
    )
    free: dict[tuple[int, ...], tuple[tuple[UUID, ...], bool]] = {}
    for members in {members for _, members in starts}:
        ids = tuple([hosts[index].host_id for index in members])
        free[members] = ids, bool(recheck) and not recheck.isdisjoint(ids)
    slots = tuple([Slot(start, start + duration, *free[members]) for start, members in starts])
    sources = {host.host_id: source_reports(host, now, staleness.bound) for host in hosts}
    return FreeSlots(slots, sources, recheck)
