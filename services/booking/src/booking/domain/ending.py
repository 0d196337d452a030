"""The ends of a booking before its meeting."""

from datetime import datetime
from uuid import UUID

from booking.domain.booking import (
    STANDING,
    Booking,
    Cancellation,
    Canceller,
    Fact,
    Refusal,
    Status,
    Transition,
    changed,
)
from booking.domain.entry import Entry, Known, Wanted
from booking.domain.errors import OwnProposalError, PastError
from booking.domain.parties import Role
from booking.domain.slot import Slot


def cancel(
    booking: Booking,
    *,
    by: Canceller,
    reason: str | None = None,
    now: datetime,
    gone_from: UUID | None = None,
) -> Transition:
    """Cancel the booking: every entry is removed, SEQUENCE grows, both parties are told.

    `gone_from` is the calendar whose owner deleted the entry, where `by` is the calendar. A
    meeting that has taken place is not cancelled any more (PastError).
    """
    booking.require("cancel", Status.PROPOSED, Status.CONFIRMING, *STANDING)
    if booking.is_over(now):
        raise PastError("the meeting has taken place")
    after = booking.next(
        now,
        status=Status.CANCELLED,
        sequence=booking.sequence + 1,
        cancellation=Cancellation(by=by, reason=reason),
        **_cleared(booking, gone_from),
    )
    return changed(booking, after, Fact.CANCELLED)


def decline(booking: Booking, *, by: Role, reason: str | None = None, now: datetime) -> Transition:
    """Turn every proposed date down. Who proposed them cancels instead (OwnProposalError)."""
    booking.require("decline", Status.PROPOSED)
    if by is booking.initiator:
        raise OwnProposalError(f"the {by} proposed these dates")
    after = booking.next(
        now,
        status=Status.DECLINED,
        cancellation=Cancellation(by=Canceller(by.value), reason=reason),
        **_cleared(booking),
    )
    return changed(booking, after, Fact.DECLINED)


def expire(booking: Booking, *, now: datetime) -> Transition | None:
    """End a proposal nobody answered in time; None while it has time, or once it is answered."""
    if booking.status is not Status.PROPOSED or booking.expires_at is None:
        return None
    if now < booking.expires_at:
        return None
    after = booking.next(now, status=Status.EXPIRED, **_cleared(booking))
    return changed(booking, after, Fact.EXPIRED)


def supersede(
    booking: Booking, refusal: Refusal, *, alternatives: tuple[Slot, ...] = (), now: datetime
) -> Transition | None:
    """End a proposal whose every date somebody else got; None once it is answered."""
    if booking.status is not Status.PROPOSED:
        return None
    after = booking.next(
        now,
        status=Status.SUPERSEDED,
        refusal=refusal,
        alternatives=alternatives,
        **_cleared(booking),
    )
    return changed(booking, after, Fact.DECLINED)


def _cleared(booking: Booking, gone_from: UUID | None = None) -> dict[str, object]:
    revision = booking.revision + 1
    return {
        "move": None,
        "vacated": (),
        "wake_at": None,
        "entries": tuple(_removed(entry, revision, gone_from) for entry in booking.entries),
    }


def _removed(entry: Entry, revision: int, gone_from: UUID | None) -> Entry:
    if not entry.may_exist:
        return entry
    removed = entry.commanded(Wanted.ABSENT, revision)
    return removed.is_(Known.GONE) if entry.calendar_id == gone_from else removed
