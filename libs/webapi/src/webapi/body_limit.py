"""How much of a request's body is read."""

from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webapi.problems import Problem

MOST_BODY_BYTES: Final = 1 << 20


class BodyLimit:
    """ASGI middleware: bodies of more than `most` bytes are refused as soon as they are."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; reading too much of it raises a 413 problem there."""
        await self._app(scope, limited(receive, self._most), send)


def limited(receive: Receive, most: int = MOST_BODY_BYTES) -> Receive:
    """Return a `receive` that raises the problem once more than `most` bytes have come."""
    read = 0

    async def receive_some() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "body_too_large",
                f"A body may have {most} bytes here.",
            )
        return message

    return receive_some
