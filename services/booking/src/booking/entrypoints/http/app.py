"""The HTTP application, and the document that describes it."""

from fastapi import FastAPI
from webapi import TokenVerifier, build_app

from booking.application.services import Services
from booking.entrypoints.http import bookings, hosts, links, meeting_types, public
from booking.entrypoints.http.limits import PublicLimits
from booking.entrypoints.http.problems import handle_refusals


def build_api(
    services: Services | None, verifier: TokenVerifier | None, limits: PublicLimits | None
) -> FastAPI:
    """Return the application; one without services can only be described."""
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
    return app
