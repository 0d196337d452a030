"""The HTTP app."""

from fastapi import FastAPI
from webapi import TokenVerifier, build_app

from availability.entrypoints.http import free_busy, slots
from availability.entrypoints.http.answering import Answering
from availability.entrypoints.http.busy_json import BusyShown
from availability.entrypoints.http.outages import answer_outages
from availability.entrypoints.http.quick_route import add_quick_routes
from availability.entrypoints.http.schemas import document_types

_DESCRIPTION = """\
Tells when hosts are busy and when they can be met, from what their calendars and Entente's own
bookings say. Every answer names the calendars it rests on and how old their pictures are. A tenant
sees its own hosts; the token says which tenant asks.
"""


def build_http(answering: Answering | None, *, verifier: TokenVerifier | None) -> FastAPI:
    """Return the app; without its parts it only describes itself."""
    app = build_app(
        title="Entente availability", description=_DESCRIPTION, version="1", verifier=verifier
    )
    app.state.answering = answering
    answer_outages(app)
    add_quick_routes(app, free_busy.router, slots.router)
    document_types(
        app,
        free_busy.FreeBusyRequest,
        free_busy.FreeBusyResponse,
        BusyShown,
        slots.SlotsRequest,
        slots.SlotsResponse,
    )
    return app
