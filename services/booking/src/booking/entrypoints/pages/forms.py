"""Forms as browsers send them."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, Request
from webapi import Problem

_MOST_BYTES = 64 * 1024
_MOST_FIELDS = 64
_MEDIA_TYPE = "application/x-www-form-urlencoded"
# What turns the direction of the text after it (Unicode UAX #9 §2), and controls; no text needs it.
_DROPPED = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *set(range(0x20)) - set(b"\t\r\n"), 0x7F]
)


class Fields:
    """The fields of a form."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    def one(self, name: str) -> str:
        """Return a field's first value without space around it, empty where there is none.

        Lines end as in text: browsers send CR LF (WHATWG HTML, form submission).
        """
        values = self._values.get(name)
        return values[0].replace("\r\n", "\n").translate(_DROPPED).strip() if values else ""

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a field."""
        return tuple(self._values.get(name, ()))


async def posted(request: Request) -> Fields:
    """FastAPI dependency: the form that a page of this site sent; raises Problem for others."""
    _require_own_page(request)
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _MEDIA_TYPE:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "no_form", "A form is expected.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The form is too large."
            )
    try:
        return Fields(parse_qs(body.decode(), max_num_fields=_MOST_FIELDS, errors="strict"))
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "no_form", "The form cannot be read.") from error


def _require_own_page(request: Request) -> None:
    """Refuse what another site's page sends.

    Browsers say whose page it is (Fetch Metadata, W3C); where one does not, Origin must not name
    another site. It is `null` from our own pages, as they tell nobody where they are.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    own = (
        site in {"same-origin", "none"}
        if site is not None
        else origin == "null" or urlsplit(origin).netloc == request.headers.get("host")
    )
    if not own:
        raise Problem(HTTPStatus.FORBIDDEN, "foreign_page", "Another site's page sent this.")


Posted = Annotated[Fields, Depends(posted)]
