"""Reading a question; what is wrong with it is said as a problem."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from re import search
from typing import TypeVar

from fastapi import Request
from msgspec import DecodeError, ValidationError
from webapi import Problem

from availability.domain.errors import RuleError

_Q = TypeVar("_Q")


async def read_body(request: Request, decode: Callable[[bytes], _Q]) -> _Q:
    """Return the decoded body; raise the problem that names the first field in the way."""
    body = await request.body()
    try:
        return decode(body)
    except ValidationError as error:
        raise _invalid(*_place_and_reason(str(error))) from None
    except (DecodeError, UnicodeDecodeError):
        raise _invalid("body", "must be JSON") from None


def read_switch(request: Request, name: str) -> bool:
    """Return a parameter of the query that is `true` or `false`; false when it is absent."""
    value = request.query_params.get(name, "false")
    if value not in {"true", "false"}:
        raise _invalid(f"query.{name}", "must be `true` or `false`")
    return value == "true"


@contextmanager
def naming_fields(place: str = "", **names: str) -> Generator[None]:
    """Turn a rule's refusal into a problem.

    `place` is where in the body the rule's fields stand, `names` has those that stand elsewhere.
    """
    try:
        yield
    except RuleError as error:
        path = names.get(error.field) or f"{place}{error.field}"
        raise _invalid(f"body.{path}", error.reason) from error


def _place_and_reason(text: str) -> tuple[str, str]:
    """Read the decoder's ``<reason> - at `$.path` ``, the path absent for the body itself."""
    reason, _, path = text.partition(" - at `$")
    about = search(r" field `([^`]*)`$", reason)
    field = f".{about[1]}" if about else ""
    return f"body{path.rstrip('`')}{field}", reason


def _invalid(field: str, reason: str) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_request",
        f"{field}: {reason}",
        errors=[{"field": field, "reason": reason}],
    )
