"""The HTTP application, and the document that describes it."""

from fastapi import FastAPI
from webapi import TokenVerifier, build_app

from booking.application.services import Services
from booking.entrypoints.http import bookings, hosts, links, meeting_types, public
from booking.entrypoints.http.limits import PublicLimits
from booking.entrypoints.http.problems import handle_refusals
from booking.entrypoints.pages.application import add_pages
from booking.entrypoints.pages.links import Links


def build_api(
    services: Services | None,
    verifier: TokenVerifier | None,
    limits: PublicLimits | None,
    page_links: Links | None,
) -> FastAPI:
    """Return the application with its pages; one without services can only be described."""
    app = build_app(
        title="Entente booking",
        description="Hosts, meeting types and bookings; under /v1/public, for guests.",
        version="1",
        verifier=verifier,
    )
    handle_refusals(app)
    app.state.services = services
    app.state.limits = limits
    for part in (hosts, meeting_types, bookings, public, links):
        app.include_router(part.router)
    add_pages(app, page_links)
    return app
