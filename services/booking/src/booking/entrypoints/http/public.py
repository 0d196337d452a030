"""Meeting types for guests, who have no account and find them by their slug."""

from fastapi import APIRouter, Depends

from booking.application.errors import NotFoundError
from booking.application.propose import Wish, propose_booking
from booking.application.services import Services
from booking.domain.meeting_type import MeetingType, is_slug
from booking.domain.parties import Role
from booking.entrypoints.http.bookings import From, To
from booking.entrypoints.http.models import (
    BookingOut,
    ProposalIn,
    PublicMeetingTypeOut,
    SlotOut,
)
from booking.entrypoints.http.offered import offered_slots
from booking.entrypoints.http.provided import UseLimits, UseServices, counted
from booking.entrypoints.http.receipts import OfRequest


async def find_type(services: Services, slug: str) -> MeetingType:
    """Return the active meeting type of this slug; raises NotFoundError."""
    kind = await services.meeting_types.find(slug) if is_slug(slug) else None
    if kind is None or not kind.active:
        raise NotFoundError("there is no such meeting type")
    return kind


router = APIRouter(prefix="/v1/public", tags=["guests"], dependencies=[Depends(counted)])


@router.get("/meeting-types/{slug}")
async def get_type(slug: str, services: UseServices) -> PublicMeetingTypeOut:
    """Return what can be booked."""
    kind = await find_type(services, slug)
    hosts = await services.hosts.several(kind.tenant_id, kind.host_ids)
    return PublicMeetingTypeOut(
        slug=kind.slug,
        title=kind.title,
        description=kind.description,
        duration_minutes=kind.duration_minutes,
        location=kind.location,
        conference=kind.conference,
        confirmation_required=kind.confirmation_required,
        timezone=kind.timezone,
        hosts=tuple(host.name for host in hosts),
    )


@router.get("/meeting-types/{slug}/slots")
async def slots(slug: str, services: UseServices, start: From, end: To) -> list[SlotOut]:
    """Return the slots that can be booked and start in `[from, to)`, 62 days at most."""
    return await offered_slots(services, await find_type(services, slug), start, end)


@router.post("/meeting-types/{slug}/bookings", status_code=201)
async def book(
    slug: str, body: ProposalIn, services: UseServices, limits: UseLimits, receipts: OfRequest
) -> BookingOut:
    """Book a date, or propose several (or one, where a host has to approve)."""
    kind = await find_type(services, slug)
    await limits.booking(kind.tenant_id, body.guest.address)
    wish = Wish(
        meeting_type=kind,
        initiator=Role.GUEST,
        guest=body.guest.guest(),
        starts=body.starts,
        timezone=body.timezone,
        description=body.description,
        at_once=len(body.starts) == 1 and not kind.confirmation_required,
    )
    receipt = receipts.for_caller(kind.tenant_id, f"guest|{slug}")
    return BookingOut.of(await propose_booking(services, wish, receipt=receipt))
