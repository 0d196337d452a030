"""What goes wrong in booking, as problem details with stable codes."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from messaging.failure import TransientError
from webapi.problems import answer

from booking.application.errors import (
    AvailabilityUnavailableError,
    KeyReusedError,
    NotFoundError,
    SlotTakenError,
    TooManyProposalsError,
)
from booking.domain.errors import BookingError, OwnProposalError, RuleError, UnknownOptionError
from booking.domain.slot import Slot

_STATUS: dict[type[BookingError], HTTPStatus] = {
    RuleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFoundError: HTTPStatus.NOT_FOUND,
    UnknownOptionError: HTTPStatus.NOT_FOUND,
    OwnProposalError: HTTPStatus.FORBIDDEN,
    TooManyProposalsError: HTTPStatus.TOO_MANY_REQUESTS,
}
_RETRY = {"Retry-After": "2"}


def status_of(error: BookingError) -> HTTPStatus:
    """Return the status that answers a refusal: by default it is a conflict (409)."""
    return next(
        (status for kind, status in _STATUS.items() if isinstance(error, kind)),
        HTTPStatus.CONFLICT,
    )


def handle_refusals(app: FastAPI) -> None:
    """Answer what the domain and the use cases refuse."""

    async def on_refusal(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, BookingError):
            raise error
        return answer(status_of(error), error.code, str(error), **_extensions(error))

    async def on_outage(_: Request, error: Exception) -> JSONResponse:
        silent = isinstance(error, AvailabilityUnavailableError)
        return answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "availability_unavailable" if silent else "temporarily_unavailable",
            "Which times are free cannot be said at present."
            if silent
            else "The request could not be served now; try again.",
            headers=_RETRY,
        )

    app.add_exception_handler(BookingError, on_refusal)
    app.add_exception_handler(TransientError, on_outage)


def _extensions(error: BookingError) -> dict[str, Any]:
    if isinstance(error, RuleError):
        return {"errors": [{"field": error.field, "reason": error.reason}]}
    if isinstance(error, SlotTakenError):
        calendar_id = error.refusal.calendar_id
        return {
            "reason": error.refusal.reason,
            **({"calendar_id": str(calendar_id)} if calendar_id else {}),
            "alternatives": [_shown(slot) for slot in error.alternatives],
        }
    return {}


def _shown(slot: Slot) -> dict[str, str]:
    return {"start": slot.start.isoformat(), "end": slot.end.isoformat()}
