"""What holds for every page: its headers, and errors that are pages too."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from booking.entrypoints.http.provided import counted
from booking.entrypoints.pages.failures import failure_page

HEADERS = {
    # Nothing inline, nothing from elsewhere; what a guest types can be no script.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # A page's address may hold the secret of a link.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language",
}


class PageRoute(APIRoute):
    """A route that answers with pages, whatever happens."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with errors made pages and headers set."""
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                response = await handle(request)
            except Exception as error:  # noqa: BLE001  # what is unknown is logged there
                response = failure_page(request, error)
            response.headers.update(HEADERS)
            return response

        return handle_page


def page_router(prefix: str) -> APIRouter:
    """Return a router for pages of the public, whose requests are counted."""
    return APIRouter(
        prefix=prefix,
        route_class=PageRoute,
        include_in_schema=False,
        dependencies=[Depends(counted)],
    )
