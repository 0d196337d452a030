"""What goes wrong, as a page in the look of the others."""

import logging
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from messaging.failure import TransientError
from starlette.exceptions import HTTPException
from webapi import Problem

from booking.application.errors import AvailabilityUnavailableError
from booking.domain.errors import BookingError
from booking.entrypoints.http.problems import status_of
from booking.entrypoints.pages.reader import reader_of
from booking.entrypoints.pages.rendering import show

_logger = logging.getLogger(__name__)
_RETRY_SECONDS = "5"


def failure_page(request: Request, error: Exception) -> Response:
    """Return the page that says what went wrong, and no more than that."""
    status, reason = _reading(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        _logger.error("page failed", exc_info=error)
    retry_url = str(request.url.path)
    if request.url.query:
        retry_url += f"?{request.url.query}"
    retry = retry_url if request.method == "GET" and reason in _RETRIED else None
    response = show(
        request, reader_of(request), "failure.html", status=status, reason=reason, retry=retry
    )
    response.headers.update(getattr(error, "headers", None) or {})
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers.setdefault("Retry-After", _RETRY_SECONDS)
    return response


_RETRIED = frozenset({"busy", "unknown_times", "unavailable"})
_REASONS = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    HTTPStatus.FORBIDDEN: "refused",
}


def _reading(error: Exception) -> tuple[HTTPStatus, str]:
    if isinstance(error, AvailabilityUnavailableError):
        return HTTPStatus.SERVICE_UNAVAILABLE, "unknown_times"
    if isinstance(error, TransientError):
        return HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"
    if isinstance(error, RequestValidationError):
        # An address nobody was ever given: it names no booking.
        return HTTPStatus.NOT_FOUND, "not_found"
    if isinstance(error, (Problem, BookingError, HTTPException)):
        status = _status(error)
        return status, _REASONS.get(status, "refused")
    return HTTPStatus.INTERNAL_SERVER_ERROR, "failed"


def _status(error: Problem | BookingError | HTTPException) -> HTTPStatus:
    if isinstance(error, BookingError):
        return status_of(error)
    return error.status if isinstance(error, Problem) else HTTPStatus(error.status_code)
