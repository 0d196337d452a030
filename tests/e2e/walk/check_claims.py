"""Claims against bookings: those that stand or are held claim their time, and nobody else's."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from uuid import UUID

from meetings import Span
from walk.facts import Difference, Facts, Row
from walk.spans import merged, overlap, shown


def differences_of_claims(facts: Facts) -> Iterator[Difference]:
    """Yield claims that are missing, too many or wrong, and bookings that overlap."""
    claimed = {(claim.booking, claim.host): merged(claim.spans) for claim in facts.claims}
    wanted = {
        (row.id, host): merged(map(row.occupied, row.meetings))
        for row in facts.rows.values()
        if row.meetings
        for host in row.hosts
    }
    for key in sorted(claimed.keys() | wanted.keys()):
        booking, host = key
        if claimed.get(key) != wanted.get(key):
            kept, called_for = shown(*claimed.get(key, ())), shown(*wanted.get(key, ()))
            yield Difference(f"claim of {host}: {kept}, the booking takes {called_for}", booking)
    yield from _double_bookings(facts)


def _double_bookings(facts: Facts) -> Iterator[Difference]:
    taken: dict[UUID, list[tuple[Span, Row]]] = defaultdict(list)
    for row in facts.rows.values():
        for host in row.hosts:
            taken[host] += [(row.occupied(span), row) for span in row.meetings]
    for host, all_of_host in taken.items():
        for (one, row), (other, rival) in combinations(all_of_host, 2):
            if row.id != rival.id and overlap(one, other):
                both = f"{shown(one)}, and by {rival.id} {shown(other)}"
                yield Difference(f"{host} is booked twice: {both}", row.id)
