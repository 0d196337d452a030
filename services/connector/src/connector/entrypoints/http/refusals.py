"""Refusals as problem details."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from webapi.problems import answer

from connector.domain.refusal import Refusal, RefusalCode

_STATUS = {
    RefusalCode.OWNER_REQUIRED: HTTPStatus.FORBIDDEN,
    RefusalCode.HOST_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.CONNECTION_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.CALENDAR_NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalCode.STALE_REVISION: HTTPStatus.PRECONDITION_FAILED,
    RefusalCode.SECRET_UNREADABLE: HTTPStatus.CONFLICT,
    RefusalCode.ALREADY_CONNECTED: HTTPStatus.CONFLICT,
    RefusalCode.CONNECTION_ENDED: HTTPStatus.CONFLICT,
    RefusalCode.TOO_MANY_CALENDARS: HTTPStatus.CONFLICT,
    RefusalCode.STALE_SEQUENCE: HTTPStatus.CONFLICT,
    RefusalCode.NOT_PUSHED: HTTPStatus.CONFLICT,
    RefusalCode.NO_MASS_DELETION: HTTPStatus.CONFLICT,
    RefusalCode.EVENTS_UNREADABLE: HTTPStatus.CONFLICT,
    RefusalCode.PUSH_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
"""The others are requests that cannot be processed as they stand."""


def answer_refusals(app: FastAPI) -> None:
    """Answer every refusal as a problem with its code."""

    async def on_refusal(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, Refusal):
            raise error
        status = _STATUS.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
        facts: dict[str, Any] = dict(error.facts)
        return answer(status, error.code, error.detail, **facts)

    app.add_exception_handler(Refusal, on_refusal)
