"""Project things that a record describes as a whole: hosts, calendars, bookings."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from messaging.delivery import Arrival, Tombstone

from availability.application.changes import HostChange
from availability.application.endings import Ending, ending

Known = TypeVar("Known")
Known_contra = TypeVar("Known_contra", contravariant=True)


class Projection(Protocol, Generic[Known_contra]):
    """Things of a kind as they were last told of. What is older than that changes nothing."""

    async def put(self, told: Collection[Known_contra], /) -> Collection[HostChange]:
        """Replace some things, each of them once; return what that may change."""
        ...

    async def end(self, ends: Collection[Ending], /) -> Collection[HostChange]:
        """Forget some things, each of them once; return what that may change."""
        ...


async def project_in_turns(
    projection: Projection[Known],
    arrivals: Iterable[Arrival],
    *,
    read: Callable[[object], Known | None],
    id_of: Callable[[Known], UUID],
) -> Collection[HostChange]:
    """Apply the arrivals, those of one thing in their order and different ones at once.

    `read` makes a fact of a message, None of one that says nothing here.
    """
    changed: set[HostChange] = set()
    for told, ends in _turns(_facts(arrivals, read), id_of):
        if told:
            changed.update(await projection.put(told))
        if ends:
            changed.update(await projection.end(ends))
    return changed


def _facts(
    arrivals: Iterable[Arrival], read: Callable[[object], Known | None]
) -> Iterator[Known | Ending]:
    for arrival in arrivals:
        if isinstance(arrival, Tombstone):
            yield ending(arrival)
        elif (told := read(arrival.message)) is not None:
            yield told


def _turns(
    facts: Iterable[Known | Ending], id_of: Callable[[Known], UUID]
) -> Sequence[tuple[list[Known], list[Ending]]]:
    """Return what is told first of each thing, what is told second, and so on."""
    turns: list[tuple[list[Known], list[Ending]]] = []
    told_of: Counter[UUID] = Counter()
    for fact in facts:
        subject = fact.id if isinstance(fact, Ending) else id_of(fact)
        turn = told_of[subject]
        told_of[subject] += 1
        if turn == len(turns):
            turns.append(([], []))
        told, ends = turns[turn]
        if isinstance(fact, Ending):
            ends.append(fact)
        else:
            told.append(fact)
    return turns
