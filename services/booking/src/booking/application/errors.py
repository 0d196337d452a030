"""Why a use case could not be carried out, besides what the domain refuses."""

from collections.abc import Sequence

from messaging.failure import TransientError

from booking.domain.booking import Refusal
from booking.domain.errors import BookingError
from booking.domain.slot import Slot


class SlotTakenError(BookingError):
    """Another booking has the time; `alternatives` are free as far as is known."""

    code = "slot_taken"

    def __init__(self, refusal: Refusal | None = None, alternatives: Sequence[Slot] = ()) -> None:
        super().__init__("the time is taken")
        self.refusal = refusal or Refusal(reason="busy_own")
        self.alternatives = tuple(alternatives)


class NotOfferedError(SlotTakenError):
    """The rules of the meeting type, or a calendar, do not offer the time."""

    code = "slot_not_offered"


class NotFoundError(BookingError):
    """There is no such thing, or it is not the caller's to know."""

    code = "not_found"


class SlugTakenError(BookingError):
    """Another meeting type is known by this slug."""

    code = "slug_taken"


class TooManyProposalsError(BookingError):
    """The guest has as many unanswered proposals as one may have."""

    code = "too_many_proposals"


class KeyReusedError(BookingError):
    """The idempotency key was used for another request."""

    code = "idempotency_key_reused"


class KeyInUseError(BookingError):
    """The idempotency key was used by a request that ran at the same time."""

    code = "idempotency_key_in_use"


class OutrunError(TransientError):
    """Another change was committed first; look again."""


class StorageError(TransientError):
    """The database could not be asked, or asks for another attempt."""


class AvailabilityUnavailableError(TransientError):
    """Whether the time is free cannot be said at present."""
