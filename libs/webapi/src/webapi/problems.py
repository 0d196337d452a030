"""Errors as problem details (RFC 9457), with stable codes."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

_logger = logging.getLogger(__name__)
_MEDIA_TYPE = "application/problem+json"


class Problem(HTTPException):
    """Raise to answer with a problem.

    `code` never changes once published; `detail` is for people and names field and reason.
    `extensions` become further members of the document.
    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(status, detail, headers)
        self.status = status
        self.code = code
        self.extensions = extensions


class InvalidField(BaseModel):
    """A part of the request that was refused."""

    field: str = Field(description="Where it stands, such as `body.rules.duration`")
    reason: str


class ProblemDocument(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:entente:problem:invalid_request"])
    code: str = Field(description="Stable; decide by it", examples=["invalid_request"])
    title: str
    status: int
    detail: str
    errors: list[InvalidField] | None = Field(
        default=None, description="With `invalid_request`: every refused field"
    )


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem",
        "content": {_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
}


def handle_problems(app: FastAPI) -> None:
    """Answer every error of the app as a problem; what went wrong inside stays inside."""

    async def on_problem(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, Problem):
            raise error
        return answer(
            error.status, error.code, error.detail, headers=error.headers, **error.extensions
        )

    async def on_invalid(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, RequestValidationError):
            raise error
        fields = _fields(error.errors())
        return answer(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid_request",
            "; ".join(f"{field['field']}: {field['reason']}" for field in fields),
            errors=fields,
        )

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        status = HTTPStatus(error.status_code)
        return answer(status, status.name.lower(), str(error.detail), headers=error.headers)

    async def on_failure(_: Request, error: Exception) -> JSONResponse:
        _logger.error("request failed", exc_info=error)
        return answer(
            HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "The request could not be served."
        )

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_failure)


def answer(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **extensions: Any,
) -> JSONResponse:
    """Return the problem as a response."""
    document = {
        "type": f"urn:entente:problem:{code}",
        "code": code,
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **extensions,
    }
    return JSONResponse(document, status.value, dict(headers or {}), media_type=_MEDIA_TYPE)


def _fields(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "field": ".".join(str(part) for part in error["loc"]) or "body",
            "reason": str(error["msg"]).removeprefix("Value error, "),
        }
        for error in errors
    ]
