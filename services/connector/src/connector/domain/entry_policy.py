"""When an entry is tried again, and when no more."""

from dataclasses import dataclass, field
from datetime import timedelta

from connector.domain.backoff import Backoff
from connector.domain.calendar import Fault

_LASTING = frozenset(
    {
        Fault.PERMISSION,
        Fault.GONE,
        Fault.NOT_A_CALENDAR,
        Fault.ADDRESS_REFUSED,
        Fault.TOO_LARGE,
        Fault.REQUESTED,
    }
)
_OWNERS_BUSINESS = frozenset({Fault.AUTHENTICATION, Fault.SECRET_UNREADABLE, Fault.PERMISSION})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPolicy:
    """The pace of writing entries.

    `attempt` bounds one attempt, its last look included; `look` bounds that. A guest may be
    waiting, so the first retries come soon. A removal is given up after `removal_patience`, a
    write once its meeting is over.
    """

    attempt: timedelta = timedelta(seconds=45)
    look: timedelta = timedelta(seconds=15)
    retry: Backoff = field(
        default_factory=lambda: Backoff(first=timedelta(seconds=1), longest=timedelta(minutes=15))
    )
    removal_patience: timedelta = timedelta(days=14)

    @staticmethod
    def is_lasting(fault: Fault) -> bool:
        """Tell whether trying again is pointless. Refused credentials may be given anew."""
        return fault in _LASTING

    @staticmethod
    def degrades(fault: Fault) -> bool:
        """Tell whether the fault is one of the calendar, which its owner has to repair."""
        return fault in _OWNERS_BUSINESS
