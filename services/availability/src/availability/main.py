"""The composition root: everything is built and wired here."""

import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from entente_contracts import topics
from messaging.connections import connections
from messaging.service import Build, Parts, Resources, run
from messaging.settings import load

from availability.adapters.host_reader import PostgresHostReader
from availability.adapters.migrate import migrations
from availability.entrypoints.announcer import Announcer
from availability.entrypoints.bootstrap import Bootstrap
from availability.entrypoints.consumers import consumers
from availability.entrypoints.http.answering import Answering
from availability.entrypoints.http.app import build_http
from availability.entrypoints.http.tokens import RememberingVerifier
from availability.settings import AvailabilitySettings

_ISSUER_SECONDS = 5.0


def main() -> None:
    """Serve until SIGTERM."""
    settings = load(AvailabilitySettings)
    run("availability", settings, builder(settings))


def builder(settings: AvailabilitySettings) -> Build:
    """Return what builds availability's parts from the service's resources."""

    @asynccontextmanager
    async def build(resources: Resources) -> AsyncGenerator[Parts]:
        async with AsyncExitStack() as stack:
            reads = await stack.enter_async_context(
                connections(
                    settings.postgres,
                    most=settings.reading.connections,
                    application_name="availability-reads",
                    default_transaction_read_only="on",
                )
            )
            issuer = await stack.enter_async_context(httpx.AsyncClient(timeout=_ISSUER_SECONDS))
            reader = PostgresHostReader(reads)
            announcer = Announcer(
                resources.sessions, reader, present_instant, settings.announcements
            )
            yield Parts(
                migrations=migrations,
                app=build_http(
                    Answering(reader, present_instant),
                    verifier=RememberingVerifier(settings.oidc, issuer),
                ),
                consumers=consumers(settings.group),
                publishes=[topics.AVAILABILITY_EVENTS],
                tasks={"announcer": announcer.run},
                checks={"bootstrap": Bootstrap(settings.kafka, group=settings.group).check},
            )

    return build


def present_instant() -> int:
    """Return the present instant, as the machine's clock shows it."""
    return int(time.time())
