"""What an entry does to its owner's time."""

from collections.abc import Iterable
from enum import StrEnum


class BusyState(StrEnum):
    """The five states of EWS `BusyType`; `UNKNOWN` is its `NoData` and is never free."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OUT_OF_OFFICE = "out_of_office"
    UNKNOWN = "unknown"


_STRENGTH = {
    BusyState.FREE: 0,
    BusyState.TENTATIVE: 1,
    BusyState.UNKNOWN: 2,
    BusyState.BUSY: 3,
    BusyState.OUT_OF_OFFICE: 4,
}


def strongest(states: Iterable[BusyState]) -> BusyState:
    """Return the state that holds when several entries cover one moment.

    A known engagement outranks `UNKNOWN`, which outranks what may still be moved. No states: free.
    """
    return max(states, key=_STRENGTH.__getitem__, default=BusyState.FREE)
