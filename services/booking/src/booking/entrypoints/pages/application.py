"""The pages put onto the service's HTTP application."""

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

from booking.application.errors import NotFoundError
from booking.entrypoints.pages import book, booking, meeting_type, reschedule
from booking.entrypoints.pages.links import Links
from booking.entrypoints.pages.rendering import STATIC
from booking.entrypoints.pages.routing import page_router

_lost = page_router("")


@_lost.get("/m/{rest:path}")
@_lost.get("/b/{rest:path}")
async def lost(rest: str) -> Response:
    """Say that there is no such page."""
    raise NotFoundError(rest)


def add_pages(app: FastAPI, links: Links | None) -> None:
    """Add the pages under `/m` (meeting types), `/b` (bookings) and `/static`."""
    app.state.links = links
    for part in (book, meeting_type, reschedule, booking):
        app.include_router(part.router)
    app.include_router(_lost)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
