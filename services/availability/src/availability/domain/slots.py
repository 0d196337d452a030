"""Free slots: of one host, of several together, of any of several."""

from collections.abc import Mapping, Sequence
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


class Offer(NamedTuple):
    """Who offers slots; many slots share one.

    `host_ids` are the hosts who are free, in the order they were given: all of them in a
    collective search. `recheck` says that a calendar of one of them is older than the bound and
    wants another look before the slot is confirmed.
    """

    host_ids: tuple[UUID, ...]
    recheck: bool


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """The starts of the slots in order, each with its offer, and per host the calendars behind it.

    Every slot lasts as long as the rules say. `recheck` names the hosts of whom a calendar wants
    another look.
    """

    offers: Mapping[int, Offer]
    sources: Mapping[UUID, Sequence[SourceReport]]
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
    answer = _Answer(hosts, request)
    return answer.of(dict.fromkeys(starts, answer.offer(tuple(range(len(hosts))))))


def any_host_slots(hosts: Sequence[Host], request: SlotRequest) -> FreeSlots:
    """Return the slots at which at least one host is free, each with those who are.

    Raises `RuleError` where the hosts cannot be searched together.
    """
    check_hosts(hosts, request.rules)
    found = candidates(hosts, request)
    lattice = mask.Lattice.holding(found, request.days)
    answer = _Answer(hosts, request)
    if lattice.points <= _MOST_POINTS:
        return answer.of(mask.any_of(found, request.window, lattice, answer.offer))
    return answer.of(sweep.any_of(found, request.window, answer.offer))


class _Answer:
    """Says who offers a start, and on what the answer rests."""

    def __init__(self, hosts: Sequence[Host], request: SlotRequest) -> None:
        self._request = request
        self._hosts = hosts
        self._host_ids = [host.host_id for host in hosts]
        staleness = request.rules.staleness
        self._bound = staleness.bound
        self._recheck = frozenset(
            host.host_id
            for host in hosts
            if staleness.policy is StalePolicy.RECHECK
            and needs_recheck(host, request.now, staleness.bound)
        )

    def offer(self, indices: tuple[int, ...]) -> Offer:
        """Return the offer of the hosts at `indices`."""
        host_ids = tuple(map(self._host_ids.__getitem__, indices))
        return Offer(host_ids, bool(self._recheck) and not self._recheck.isdisjoint(host_ids))

    def of(self, offers: Mapping[int, Offer]) -> FreeSlots:
        """Return the offers with the sources of every host."""
        now = self._request.now
        sources = {it.host_id: source_reports(it, now, self._bound) for it in self._hosts}
        return FreeSlots(offers, sources, self._recheck)
