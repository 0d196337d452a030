"""Why a change of a booking is refused. The codes are stable: HTTP answers carry them."""

from typing import ClassVar


class BookingError(Exception):
    """A change that cannot be made."""

    code: ClassVar[str]


class RuleError(BookingError, ValueError):
    """A value that breaks a rule; `field` is where it stands."""

    code = "invalid_value"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class IllegalTransitionError(BookingError):
    """The booking is not in a state from which this can be done."""

    code = "illegal_transition"

    def __init__(self, verb: str, status: str) -> None:
        super().__init__(f"cannot {verb} a booking that is {status}")
        self.verb = verb
        self.status = status


class AlreadyEndedError(IllegalTransitionError):
    """The booking has ended; nothing changes it any more."""

    code = "already_ended"


class StaleRevisionError(BookingError):
    """The booking changed since the caller looked at it."""

    code = "stale_revision"

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"revision {expected} was expected, the booking is at {actual}")
        self.actual = actual


class OwnProposalError(BookingError):
    """Who proposed the dates may not choose among them."""

    code = "own_proposal"


class UnknownOptionError(BookingError):
    """No such date was proposed."""

    code = "unknown_option"


class ProposalExpiredError(BookingError):
    """The proposed dates are not held any more."""

    code = "proposal_expired"


class PastError(BookingError):
    """The time is over already."""

    code = "past"
