"""Carrying out one transition, however many others are about."""

from collections.abc import Callable
from uuid import UUID

from messaging import failpoints
from messaging.delivery import Arrival

from booking.application.errors import KeyInUseError, NotFoundError, OutrunError
from booking.application.ports import Bookings, Receipt
from booking.application.roster import Roster
from booking.domain.booking import Booking, Transition

_ATTEMPTS = 5

Decide = Callable[[Booking], Transition | None]
"""Returns the transition from the booking as it is now, None when there is nothing to do."""


async def change(
    bookings: Bookings,
    booking_id: UUID,
    decide: Decide,
    *,
    step: str,
    receipt: Receipt | None = None,
    cause: Arrival | None = None,
) -> Booking:
    """Return the booking after what `decide` decides.

    Outrun by another transition, it decides anew on what that one left. With a receipt, the same
    request is answered as it was. `step` names the failpoints `<step>.before_store` and
    `<step>.after_store`. Raises NotFoundError, SlotTakenError and what `decide` raises.
    """
    for _ in range(_ATTEMPTS):
        booking = await bookings.load(booking_id)
        if booking is None:
            raise NotFoundError(f"there is no booking {booking_id}")
        if receipt is not None and (answered := await bookings.answered(receipt)) is not None:
            return answered
        transition = decide(booking)
        if transition is None:
            return booking
        try:
            await store(bookings, transition, step=step, receipt=receipt, cause=cause)
        except (OutrunError, KeyInUseError):
            continue
        return transition.after
    raise OutrunError(f"booking {booking_id} changed {_ATTEMPTS} times meanwhile")


async def store(
    bookings: Bookings,
    transition: Transition,
    *,
    step: str,
    receipt: Receipt | None = None,
    cause: Arrival | None = None,
    resting_on: Roster | None = None,
) -> None:
    """Store the transition between the failpoints of its step."""
    await failpoints.reach(f"{step}.before_store")
    await bookings.store(transition, receipt=receipt, cause=cause, resting_on=resting_on)
    await failpoints.reach(f"{step}.after_store")
