"""The busy time of a stretch of a calendar, occurrence by occurrence."""

from connector.domain.busy_state import BusyState
from connector.domain.expansion import Expansion
from connector.domain.month_picture import Busy, BusyDates, BusyTime
from connector.domain.occurrence import Occurrence, TimedOccurrence
from connector.domain.occurrence_id import occurrence_id


def busy_in(expansion: Expansion, *, tenant_key: bytes) -> tuple[Busy, ...]:
    """Return what is not free in the expansion's window, unclipped, with opaque ids."""
    return tuple(
        _busy(occurrence, tenant_key)
        for occurrence in expansion.occurrences
        if occurrence.state is not BusyState.FREE
    )


def _busy(occurrence: Occurrence, tenant_key: bytes) -> Busy:
    opaque = occurrence_id(tenant_key, occurrence.uid, occurrence.recurrence_id)
    identity = (occurrence.state, opaque, occurrence.booking_id)
    if isinstance(occurrence, TimedOccurrence):
        return BusyTime(occurrence.start, occurrence.end, *identity)
    return BusyDates(occurrence.start_date, occurrence.end_date, *identity)
