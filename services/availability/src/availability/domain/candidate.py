"""A host as a candidate for slots: the starts that are possible and what stands before them."""

from collections.abc import Sequence
from typing import NamedTuple

from availability.domain.barriers import Barrier, barriers
from availability.domain.host import Host
from availability.domain.slot_request import SlotRequest
from availability.domain.starts import PossibleStarts, possible_starts


class Candidate(NamedTuple):
    """All that decides, and all that explains, which starts one host offers."""

    possible: PossibleStarts
    barriers: Sequence[Barrier]


def candidates(hosts: Sequence[Host], request: SlotRequest) -> list[Candidate]:
    """Return the hosts, in the order given, as candidates for `request`."""
    rules, days, view = request.rules, request.days, request.view
    return [
        Candidate(
            possible_starts(rules.hours or host.hours, host.zone, rules, days),
            list(barriers(host, rules, view)),
        )
        for host in hosts
    ]
