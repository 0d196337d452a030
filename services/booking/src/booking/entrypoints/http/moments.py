"""Instants that requests may name."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from booking.domain.errors import RuleError
from booking.domain.slot import Slot

_YEARS = range(2000, 3000)  # others have no room for sums


def is_plausible(moment: datetime) -> bool:
    """Tell whether there is something to be said of that time."""
    return moment.year in _YEARS


def _plausible(moment: datetime) -> datetime:
    if not is_plausible(moment):
        raise ValueError(f"lies between the years {_YEARS.start} and {_YEARS.stop - 1}")
    return moment


def window_of(start: datetime, end: datetime, longest: timedelta) -> Slot:
    """Return the time from `start` to `end`, cut to the `longest`; raises RuleError."""
    if end <= start:
        raise RuleError("to", "is after `from`")
    return Slot(start, min(end, start + longest))


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
"""An aware instant."""
