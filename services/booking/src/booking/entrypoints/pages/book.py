"""The form by which a guest books a time, or proposes several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse
from messaging.failure import TransientError

from booking.application.alternatives import alternatives_to
from booking.application.errors import (
    AvailabilityUnavailableError,
    KeyReusedError,
    SlotTakenError,
    TooManyProposalsError,
)
from booking.application.propose import Wish, propose_booking
from booking.application.services import Services
from booking.domain.errors import BookingError, PastError, RuleError
from booking.domain.meeting_type import MeetingType
from booking.domain.parties import Role
from booking.domain.slot import Slot
from booking.entrypoints.http.problems import status_of
from booking.entrypoints.http.provided import UseLimits, UseServices
from booking.entrypoints.http.public import find_type
from booking.entrypoints.pages import starts
from booking.entrypoints.pages.forms import Posted
from booking.entrypoints.pages.guest_form import GuestForm
from booking.entrypoints.pages.links import links_of
from booking.entrypoints.pages.meeting_type import host_names
from booking.entrypoints.pages.reader import Reader, reader_of
from booking.entrypoints.pages.rendering import show
from booking.entrypoints.pages.routing import page_router

router = page_router("/m/{slug}/book")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a guest sees who has not booked yet, or could not: `reason` is a refusal's code."""

    form: GuestForm
    chosen: tuple[datetime, ...]
    alternatives: tuple[Slot, ...] = ()
    faults: frozenset[str] = frozenset()
    problem: str | None = None
    reason: str | None = None
    status: int = HTTPStatus.OK


@router.get("")
async def fill_in(
    slug: str,
    request: Request,
    services: UseServices,
    start: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Show the form for the chosen starts; without any, it is back to the free times."""
    kind = await find_type(services, slug)
    reader = reader_of(request, zone=kind.timezone)
    chosen = starts.read(start or ())
    if not chosen:
        return RedirectResponse(reader.url(f"/m/{slug}"), HTTPStatus.SEE_OTHER)
    return await _show(
        request, services, kind, reader, _Answer(form=GuestForm.empty(reader), chosen=chosen)
    )


@router.post("")
async def book(
    slug: str,
    request: Request,
    fields: Posted,
    services: UseServices,
    limits: UseLimits,
) -> Response:
    """Book or propose, then lead to the booking's own page; what fails keeps what was typed."""
    kind = await find_type(services, slug)
    reader = reader_of(request, zone=kind.timezone)
    form, chosen = GuestForm.filled(fields), starts.read(fields.every("start"))
    faults = form.faults if chosen else form.faults | {"start"}
    if faults:
        answer = _Answer(
            form=form,
            chosen=chosen,
            alternatives=() if chosen else _slots(kind, starts.read(fields.every("instead"))),
            faults=faults,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
        return await _show(request, services, kind, reader, answer)
    await limits.booking(kind.tenant_id, form.address)
    wish = Wish(
        meeting_type=kind,
        initiator=Role.GUEST,
        guest=form.guest(reader),
        starts=chosen,
        timezone=form.zone,
        description=form.note or None,
        at_once=_at_once(kind, chosen),
    )
    receipts = form.receipts(*map(starts.written, chosen))
    receipt = receipts.for_caller(kind.tenant_id, f"guest|{slug}")
    try:
        booking = await propose_booking(services, wish, receipt=receipt)
    except BookingError as error:
        answer = _refused(form, chosen, error)
        if isinstance(error, PastError):
            passed = Slot(chosen[0], chosen[0] + timedelta(minutes=kind.duration_minutes))
            answer = replace(answer, alternatives=await alternatives_to(services, passed, kind))
        return await _show(request, services, kind, reader, answer)
    except TransientError as error:
        answer = _undecided(form, chosen, error)
        return await _show(request, services, kind, reader, answer)
    page = reader.url(links_of(request).path(booking.id, Role.GUEST), zone=None)
    return RedirectResponse(page, HTTPStatus.SEE_OTHER)


def _undecided(form: GuestForm, chosen: tuple[datetime, ...], error: TransientError) -> _Answer:
    """Return the form with its key: it may have been carried out, and must not be twice."""
    silent = isinstance(error, AvailabilityUnavailableError)
    return _Answer(
        form=form,
        chosen=chosen,
        problem="unknown_times" if silent else "unfinished",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
    )


def _refused(form: GuestForm, chosen: tuple[datetime, ...], error: BookingError) -> _Answer:
    """Return the form with a new key: what is sent next is another request."""
    return _Answer(
        form=replace(form, key=uuid4().hex),
        chosen=chosen,
        alternatives=error.alternatives if isinstance(error, SlotTakenError) else (),
        problem=next(name for kind, name in _PROBLEMS.items() if isinstance(error, kind)),
        reason=error.refusal.reason if isinstance(error, SlotTakenError) else None,
        status=status_of(error),
    )


_PROBLEMS: dict[type[BookingError], str] = {
    SlotTakenError: "taken",
    PastError: "past",
    RuleError: "overlapping",
    KeyReusedError: "sent_before",
    TooManyProposalsError: "too_many",
    BookingError: "refused",
}


def _at_once(kind: MeetingType, chosen: Sequence[datetime]) -> bool:
    return len(chosen) <= 1 and not kind.confirmation_required


def _slots(kind: MeetingType, chosen: Sequence[datetime]) -> tuple[Slot, ...]:
    length = timedelta(minutes=kind.duration_minutes)
    return tuple(Slot(start, start + length) for start in chosen)


async def _show(
    request: Request, services: Services, kind: MeetingType, reader: Reader, answer: _Answer
) -> Response:
    return show(
        request,
        reader,
        "book.html",
        status=answer.status,
        kind=kind,
        hosts=await host_names(services, kind),
        answer=answer,
        chosen=_slots(kind, answer.chosen),
        at_once=_at_once(kind, answer.chosen),
    )
