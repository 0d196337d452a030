"""The five states a stretch of time can be in, and which one wins where they meet."""

from enum import StrEnum


class BusyState(StrEnum):
    """How a source describes a stretch of time (EWS `LegacyFreeBusyStatus` knows the same five)."""

    FREE = "free"
    TENTATIVE = "tentative"
    BUSY = "busy"
    OUT_OF_OFFICE = "out_of_office"
    UNKNOWN = "unknown"


PRECEDENCE = (
    BusyState.BUSY,
    BusyState.OUT_OF_OFFICE,
    BusyState.UNKNOWN,
    BusyState.TENTATIVE,
)
"""Strongest first. A known commitment says more than ignorance; ignorance may hide a commitment
and therefore beats a tentative entry. Free is what no source claims."""

BUSY_LIKE = frozenset({BusyState.TENTATIVE, BusyState.BUSY, BusyState.OUT_OF_OFFICE})
"""The states in which somebody has put something into the calendar."""
