"""The HTTP app."""

from fastapi import FastAPI
from webapi import TokenVerifier, build_app

from connector.application.services import Services
from connector.entrypoints.http import calendar_settings, calendars, connections, pushes
from connector.entrypoints.http.refusals import answer_refusals

_DESCRIPTION = """\
Connects calendars of hosts, reads their busy time, and keeps their settings. What is read is
published on Kafka (`calendar.events.v1`, `calendar.busy.v1`); titles are shown to owners only.
"""

MOST_BODY_BYTES = 16 << 20
"""The longest push that `PushGiven` takes fits: 10,000 occurrences with UIDs of 255 characters."""


def build_http(services: Services | None, *, verifier: TokenVerifier | None) -> FastAPI:
    """Return the app; without services it only describes itself."""
    app = build_app(
        title="Entente connector",
        description=_DESCRIPTION,
        version="1",
        verifier=verifier,
        most_body_bytes=MOST_BODY_BYTES,
    )
    app.state.services = services
    answer_refusals(app)
    for part in (connections, calendar_settings, calendars, pushes):
        app.include_router(part.router)
    return app
