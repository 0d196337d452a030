"""Moving a meeting: a free time is picked, then a button pressed."""

from typing import Any

from fastapi import Request, Response

from booking.application.errors import AvailabilityUnavailableError, NotFoundError, SlotTakenError
from booking.application.reschedule import reschedule_booking
from booking.application.services import Services
from booking.domain.errors import IllegalTransitionError, PastError, RuleError, StaleRevisionError
from booking.domain.slot import Slot
from booking.entrypoints.http.problems import status_of
from booking.entrypoints.http.provided import UseServices
from booking.entrypoints.pages import starts
from booking.entrypoints.pages.booking import back, reader_at, show_booking
from booking.entrypoints.pages.booking_state import BookingState
from booking.entrypoints.pages.forms import Posted
from booking.entrypoints.pages.links import UseVisit, Visit
from booking.entrypoints.pages.routing import page_router
from booking.entrypoints.pages.week import week_of

router = page_router("/b/{booking_id}/{party}/{secret}/reschedule")


@router.get("")
async def pick(
    request: Request,
    visit: UseVisit,
    services: UseServices,
    week: str | None = None,
    start: str | None = None,
) -> Response:
    """Show the free times, or with a `start` what would change."""
    booking = visit.opened.booking
    if not BookingState(booking, visit.opened.party, services.now()).can_move:
        return back(reader_at(request, visit), visit)
    chosen = starts.read([start] if start else ())
    if not chosen:
        return await _show_times(request, services, visit, week)
    length = booking.agreed.end - booking.agreed.start
    return show_booking(
        request, services, visit, "move.html", to=Slot(chosen[0], chosen[0] + length)
    )


@router.post("")
async def move(
    request: Request, visit: UseVisit, fields: Posted, services: UseServices
) -> Response:
    """Move the meeting; a lost race shows what is still free."""
    chosen = starts.read([fields.one("start")])
    if not chosen:
        return await _show_times(request, services, visit, None)
    opened = visit.opened
    try:
        await reschedule_booking(services, opened.booking, chosen[0], by=opened.party)
    except (SlotTakenError, PastError) as error:
        day = reader_at(request, visit).clock.local(chosen[0]).date()
        return await _show_times(
            request, services, visit, day.isoformat(), status=status_of(error), **_refused(error)
        )
    except (IllegalTransitionError, RuleError, StaleRevisionError):
        pass  # it moves already, has moved there, or has other hosts by now: the page tells
    return back(reader_at(request, visit), visit)


async def _show_times(
    request: Request, services: Services, visit: Visit, week: str | None, **context: Any
) -> Response:
    booking = visit.opened.booking
    kind = await services.meeting_types.get(booking.tenant_id, booking.terms.meeting_type_id)
    if kind is None:
        raise NotFoundError("the meeting type is gone")
    reader = reader_at(request, visit)
    try:
        shown = await week_of(services, kind, reader, week, moving=booking)
    except AvailabilityUnavailableError:
        if "problem" not in context:
            raise
        shown = None
    return show_booking(
        request,
        services,
        visit,
        "reschedule.html",
        week=shown,
        kind=kind,
        **{"problem": None, "reason": None, "alternatives": (), **context},
    )


def _refused(error: SlotTakenError | PastError) -> dict[str, Any]:
    if isinstance(error, PastError):
        return {"problem": "past"}
    return {
        "problem": "not_free",
        "reason": error.refusal.reason,
        "alternatives": error.alternatives,
    }
