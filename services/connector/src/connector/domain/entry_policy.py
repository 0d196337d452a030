"""When an entry is tried again, and when no more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from connector.domain.backoff import Backoff
from connector.domain.calendar import Fault

_LASTING = frozenset(
    {
        Fault.PERMISSION,
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

    def wait(
        self,
        fault: Fault,
        *,
        attempts: int,
        retry_after: timedelta | None,
        chance: Callable[[], float],
    ) -> timedelta:
        """Return the wait after the n-th attempt in a row that brought nothing.

        Credentials that are refused are not tried again in a hurry: servers lock accounts for that.
        """
        if self.degrades(fault):
            return self.retry.longest
        return self.retry.wait(attempts, retry_after, chance)

    @staticmethod
    def degrades(fault: Fault) -> bool:
        """Tell whether the fault is one of the calendar, which its owner has to repair."""
        return fault in _OWNERS_BUSINESS
