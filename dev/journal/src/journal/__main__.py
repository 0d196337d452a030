"""Run the journal: `python -m journal`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from messaging.consumer import Consumer
from messaging.service import Parts, Resources, run
from messaging.settings import load
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from journal.copies import copying, copying_batches
from journal.messages import COPIES, NOTES
from journal.notes import write
from journal.settings import JournalSettings


def main() -> None:
    """Serve `PUT /notes/{id}` (the body is the text), relay the outbox, consume as set."""
    settings = load(JournalSettings)

    @asynccontextmanager
    async def build(resources: Resources) -> AsyncGenerator[Parts]:
        async def put_note(request: Request) -> Response:
            text = (await request.body()).decode()
            async with resources.sessions.begin() as session:
                number = await write(session, UUID(request.path_params["note_id"]), text)
            return JSONResponse({"number": number})

        app = Starlette(routes=[Route("/notes/{note_id}", put_note, methods=["PUT"])])
        yield Parts(app=app, consumers=_consumers(settings), publishes=[NOTES, COPIES])

    run("journal", settings, build)


def _consumers(settings: JournalSettings) -> list[Consumer]:
    if settings.group is None:
        return []
    topic = NOTES if settings.source == "notes" else COPIES
    if settings.batches:
        return [copying_batches(settings.group, topic, settings.gathering_seconds)]
    return [copying(settings.group, topic, forward=settings.forward)]


if __name__ == "__main__":
    main()
