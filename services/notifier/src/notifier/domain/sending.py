"""What became of an attempt to send, and when the next one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_MOST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=4)
"""How long a mail server may refuse for the time being (RFC 5321 §4.5.4.1: at least 4 days)."""


class Fault(StrEnum):
    """Why a mail was not taken."""

    ADDRESS_REJECTED = "address_rejected"
    CONTENT_REJECTED = "content_rejected"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The mail server has taken the mail; `code` is its reply (RFC 5321 §4.2)."""

    code: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The mail will never be taken."""

    fault: Fault
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Postponed:
    """The mail was not taken this time, or nobody knows: it is sent again as it is."""

    fault: Fault
    code: int | None = None


Outcome = Accepted | Refused | Postponed


def next_attempt(now: datetime, *, attempts: int, first_wait: timedelta) -> datetime:
    """Return when to try again after so many attempts: each wait is twice the one before."""
    return now + min(first_wait * 2 ** min(attempts - 1, 20), _MOST_WAIT)
