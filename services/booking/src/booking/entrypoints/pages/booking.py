"""The page of a booking: its state, and buttons for what its party may do.

Reading never changes anything: links in mails open a page, and a person presses a button there.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from operator import attrgetter
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from booking.application.cancel import cancel_booking
from booking.application.confirm import confirm_booking
from booking.application.decline import decline_booking
from booking.application.errors import NotFoundError, SlotTakenError
from booking.application.services import Services
from booking.domain.booking import Status
from booking.domain.errors import (
    IllegalTransitionError,
    OwnProposalError,
    PastError,
    ProposalExpiredError,
    UnknownOptionError,
)
from booking.domain.parties import Role
from booking.entrypoints.http.provided import UseServices
from booking.entrypoints.pages.booking_state import BookingState
from booking.entrypoints.pages.calendar_file import MEDIA_TYPE, calendar_file
from booking.entrypoints.pages.forms import Posted
from booking.entrypoints.pages.links import UseVisit, Visit
from booking.entrypoints.pages.reader import Reader, reader_of
from booking.entrypoints.pages.rendering import show
from booking.entrypoints.pages.routing import page_router

router = page_router("/b/{booking_id}/{party}/{secret}")

_MOST_REASON = 2_000
# The booking is past what was asked: its page tells how things are now.
_OVERTAKEN = (IllegalTransitionError, OwnProposalError, ProposalExpiredError, PastError)


def reader_at(request: Request, visit: Visit) -> Reader:
    """Return the reader of a booking's page: its party, as known from the booking."""
    booking = visit.opened.booking
    party = booking.guest if visit.opened.party is Role.GUEST else booking.hosts[0]
    return reader_of(request, zone=party.timezone, locale=party.locale)


def back(reader: Reader, visit: Visit) -> Response:
    """Lead back to the booking's page."""
    return RedirectResponse(reader.url(visit.path), HTTPStatus.SEE_OTHER)


def show_booking(
    request: Request, services: Services, visit: Visit, template: str, **context: Any
) -> Response:
    """Return a page about the booking."""
    state = BookingState(visit.opened.booking, visit.opened.party, services.now())
    return show(
        request,
        reader_at(request, visit),
        template,
        status=context.pop("status", HTTPStatus.OK),
        visit=visit,
        state=state,
        booking=state.booking,
        **context,
    )


async def slug_of(services: Services, visit: Visit) -> str | None:
    """Return the slug of the booking's meeting type while it can be booked."""
    booking = visit.opened.booking
    kind = await services.meeting_types.get(booking.tenant_id, booking.terms.meeting_type_id)
    return kind.slug if kind is not None and kind.active else None


async def _show_state(
    request: Request, services: Services, visit: Visit, **context: Any
) -> Response:
    slug = await slug_of(services, visit)
    return show_booking(
        request, services, visit, "booking.html", slug=slug, **{"taken": None, **context}
    )


@router.get("")
async def look(request: Request, visit: UseVisit, services: UseServices) -> Response:
    """Show how things stand."""
    return await _show_state(request, services, visit)


@router.get("/calendar.ics")
async def save(visit: UseVisit) -> Response:
    """Return the confirmed meeting as a file."""
    booking = visit.opened.booking
    if booking.status is not Status.CONFIRMED:
        raise NotFoundError("only a confirmed meeting goes into a calendar")
    headers = {"Content-Disposition": 'attachment; filename="meeting.ics"'}
    return Response(calendar_file(booking), media_type=MEDIA_TYPE, headers=headers)


@router.post("/choose")
async def choose(
    request: Request, visit: UseVisit, fields: Posted, services: UseServices
) -> Response:
    """Choose one of the proposed dates."""
    reader = reader_at(request, visit)
    opened = visit.opened
    try:
        option_id = UUID(fields.one("option"))
        with suppress(*_OVERTAKEN):
            await confirm_booking(services, opened.booking, option_id, by=opened.party)
    except (ValueError, UnknownOptionError):
        return await _show_state(
            request,
            services,
            visit,
            nothing_chosen=True,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    except SlotTakenError as taken:
        return await _show_state(request, services, visit, taken=taken, status=HTTPStatus.CONFLICT)
    return back(reader, visit)


@router.get("/decline")
async def ask_decline(request: Request, visit: UseVisit, services: UseServices) -> Response:
    """Ask whether all dates are to be turned down."""
    return _ask(request, services, visit, "decline.html", where=attrgetter("can_choose"))


@router.post("/decline")
async def decline(
    request: Request, visit: UseVisit, fields: Posted, services: UseServices
) -> Response:
    """Turn all proposed dates down."""
    return await _end(decline_booking, request, visit, fields, services)


@router.get("/cancel")
async def ask_cancel(request: Request, visit: UseVisit, services: UseServices) -> Response:
    """Ask whether the booking is to be cancelled."""
    return _ask(request, services, visit, "cancel.html", where=attrgetter("can_cancel"))


@router.post("/cancel")
async def cancel(
    request: Request, visit: UseVisit, fields: Posted, services: UseServices
) -> Response:
    """Cancel; a second time changes nothing, and nobody is told again."""
    return await _end(cancel_booking, request, visit, fields, services)


def _ask(
    request: Request,
    services: Services,
    visit: Visit,
    template: str,
    *,
    where: Callable[[BookingState], bool],
) -> Response:
    """Ask for one more press, where there still is something to press."""
    if not where(BookingState(visit.opened.booking, visit.opened.party, services.now())):
        return back(reader_at(request, visit), visit)
    return show_booking(request, services, visit, template)


async def _end(
    use_case: Callable[..., Awaitable[object]],
    request: Request,
    visit: Visit,
    fields: Posted,
    services: Services,
) -> Response:
    """End the booking in the name of its party, for the reason given."""
    opened, reason = visit.opened, fields.one("reason")[:_MOST_REASON] or None
    with suppress(*_OVERTAKEN):
        await use_case(services, opened.booking, by=opened.party, reason=reason)
    return back(reader_at(request, visit), visit)
