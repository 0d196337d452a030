"""Acting on the answer a party gave to the invitation in their calendar."""

from collections.abc import Callable
from datetime import datetime

from entente_contracts import AttendeeReplied, Partstat, PartyRole
from messaging.delivery import Delivery

from booking.application.change import change
from booking.application.errors import NotFoundError
from booking.application.ports import Bookings
from booking.domain.booking import STANDING, Booking, Canceller, Transition
from booking.domain.ending import cancel


async def apply_reply(
    bookings: Bookings, delivery: Delivery[AttendeeReplied], *, now: Callable[[], datetime]
) -> None:
    """Cancel the booking that a party declines; other answers change nothing.

    A reply to an older SEQUENCE speaks of another time and is passed over (RFC 5546 §3.2.3), and
    so is one that comes after the meeting.
    """
    reply = delivery.message
    if reply.partstat != Partstat.DECLINED:
        return

    def decide(booking: Booking) -> Transition | None:
        ours, at = booking.tenant_id == reply.tenant_id and booking.uid == reply.uid, now()
        if not ours or reply.sequence < booking.sequence or booking.status not in STANDING:
            return None
        if booking.is_over(at):
            return None
        is_host = reply.party.role == PartyRole.HOST
        return cancel(booking, by=Canceller.HOST if is_host else Canceller.GUEST, now=at)

    try:
        await change(bookings, reply.booking_id, decide, step="reply", cause=delivery)
    except NotFoundError:
        return
