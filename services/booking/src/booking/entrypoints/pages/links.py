"""The addresses of bookings' own pages: `/b/<booking id>/<party>/<secret>`."""

from dataclasses import dataclass
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Path, Request

from booking.domain.guest_links import secret_of
from booking.domain.parties import Role
from booking.entrypoints.http.opened import OpenedBooking, open_booking
from booking.entrypoints.http.provided import UseServices


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the links that open bookings; `key` is that of guest links."""

    key: bytes

    def path(self, booking_id: UUID, party: Role) -> str:
        """Return where a party finds the booking."""
        return f"/b/{booking_id}/{party}/{secret_of(self.key, booking_id, party)}"


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking opened by a party's link, and where its pages are."""

    opened: OpenedBooking
    path: str


async def visit_of(
    services: UseServices,
    booking_id: UUID,
    party: Role,
    secret: Annotated[str, Path(min_length=1, max_length=128)],
) -> Visit:
    """Return the visit; raises NotFoundError, which does not tell what is wrong with the link."""
    opened = await open_booking(services, booking_id, party, secret)
    return Visit(opened, f"/b/{booking_id}/{party}/{secret}")


def links_of(request: Request) -> Links:
    """Return the links of the application."""
    return cast("Links", request.app.state.links)


UseVisit = Annotated[Visit, Depends(visit_of)]
