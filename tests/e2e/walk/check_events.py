"""Booking's rows against what was published: the last event says what the row says."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from entente_contracts import (
    Booking,
    BookingCancelled,
    BookingProposed,
    BookingRescheduled,
    TimeRange,
)
from meetings import Span
from walk.facts import Difference, Facts, Row, Told
from walk.spans import merged, shown


def differences_of_events(facts: Facts) -> Iterator[Difference]:
    """Yield where events and rows disagree, and where events contradict each other."""
    for unknown in facts.told.keys() - facts.rows.keys():
        yield Difference("events of a booking that does not exist", unknown)
    for row in facts.rows.values():
        told = facts.told.get(row.id, ())
        if not told:
            yield Difference("nothing was ever published of this booking", row.id)
            continue
        for what in (*_last(row, told[-1].event.booking), *_order(told)):
            yield Difference(what, row.id)


def _last(row: Row, said: Booking) -> Iterator[str]:
    fields = {
        "status": (row.status, said.status.value),
        "sequence": (row.sequence, said.sequence),
        "slot": (shown(row.slot), shown(_span(said.slot))),
        "hosts": (row.hosts, tuple(sorted(host.host_id for host in said.hosts))),
        "UID": (row.uid, said.uid),
        "a move under way": (None, said.pending_slot),
    }
    for name, (kept, published) in fields.items():
        if kept != published:
            yield f"{name}: the row says {kept}, the last event {published}"
    for host in row.hosts:
        kept = merged(row.meetings)
        published = merged((c.start, c.end) for c in said.claims if c.host_id == host)
        if kept != published:
            said_of_claims = f"the row has {shown(*kept)}, the last event {shown(*published)}"
            yield f"claims of {host}: {said_of_claims}"
    if said.revision > row.revision:
        yield f"revision: the row is at {row.revision}, the last event at {said.revision}"


def _order(told: Sequence[Told]) -> Iterator[str]:
    for before, after in pairwise(told):
        old, new = before.event.booking, after.event.booking
        if new.revision < old.revision:
            yield f"revision {new.revision} was published after {old.revision}"
        if new.revision == old.revision and not after.is_conflict:
            yield f"revision {new.revision} was published twice"
        if new.sequence < old.sequence:
            yield f"SEQUENCE fell from {old.sequence} to {new.sequence}"
        if isinstance(after.event, BookingRescheduled) and new.previous_slot != old.slot:
            left, stood = shown(_span(new.previous_slot)), shown(_span(old.slot))
            yield f"moved from {left}, but stood at {stood}: an event is missing"
        if old.uid != new.uid and not isinstance(before.event, BookingProposed):
            yield f"UID changed from {old.uid} to {new.uid}"
    # A conflict may come while a move is under way, which has counted already.
    for before, after in pairwise(one for one in told if not one.is_conflict):
        changes = isinstance(after.event, BookingRescheduled | BookingCancelled)
        if changes and after.event.booking.sequence == before.event.booking.sequence:
            yield f"{after.kind} with the SEQUENCE of what it changes"


def _span(slot: TimeRange | None) -> Span | None:
    return None if slot is None else (slot.start, slot.end)
