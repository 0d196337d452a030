"""What the routes are given: the services, the limits, and who asks."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Header, Request
from webapi import Role as UserRole
from webapi import requires
from webapi.tokens import Principal

from booking.application.services import Services
from booking.domain.parties import Role
from booking.entrypoints.http.access import Access
from booking.entrypoints.http.limits import PublicLimits
from booking.entrypoints.http.opened import OpenedBooking, open_booking

_people = requires(UserRole.OWNER, UserRole.MEMBER, UserRole.ASSISTANT, UserRole.OPERATOR)


def services_of(request: Request) -> Services:
    """Return the services of the application."""
    return cast("Services", request.app.state.services)


def limits_of(request: Request) -> PublicLimits:
    """Return the limits of the application."""
    return cast("PublicLimits", request.app.state.limits)


UseServices = Annotated[Services, Depends(services_of)]
UseLimits = Annotated[PublicLimits, Depends(limits_of)]


def access_of(services: UseServices, user: Annotated[Principal, Depends(_people)]) -> Access:
    """Return what the user may reach."""
    return Access(services, user)


async def opened_by(
    services: UseServices,
    booking_id: UUID,
    party: Role,
    secret: Annotated[
        str,
        Header(
            alias="Link-Secret", min_length=1, max_length=128, description="From the party's link"
        ),
    ],
) -> OpenedBooking:
    """Return the booking that the link's secret opens."""
    return await open_booking(services, booking_id, party, secret)


async def counted(request: Request, limits: UseLimits) -> None:
    """Count a request of the public."""
    await limits.request(request)


UseAccess = Annotated[Access, Depends(access_of)]
UseOpened = Annotated[OpenedBooking, Depends(opened_by)]
