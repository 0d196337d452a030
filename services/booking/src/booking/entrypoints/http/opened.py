"""Bookings behind a link: each party has a secret of its own."""

from dataclasses import dataclass
from uuid import UUID

from booking.application.errors import NotFoundError
from booking.application.ports import Receipt
from booking.application.services import Services
from booking.domain.booking import Booking
from booking.domain.guest_links import opens
from booking.domain.parties import Role
from booking.entrypoints.http.receipts import Receipts


@dataclass(frozen=True, slots=True)
class OpenedBooking:
    """A booking and the party whose link opened it."""

    booking: Booking
    party: Role

    def receipt(self, receipts: Receipts) -> Receipt | None:
        """Return the receipt of the party's request."""
        return receipts.for_caller(self.booking.tenant_id, f"{self.party}|{self.booking.id}")


async def open_booking(
    services: Services, booking_id: UUID, party: Role, secret: str
) -> OpenedBooking:
    """Return the booking that the party's secret opens; raises NotFoundError.

    A wrong secret and a booking that does not exist are not told apart.
    """
    found = await services.bookings.open(booking_id)
    if found is not None and opens(secret, found[1].of(party)):
        return OpenedBooking(found[0], party)
    raise NotFoundError("there is no such booking, or the link is not valid")
