"""Run the journal: `python -m journal`."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from messaging.service import Parts, Resources, run
from messaging.settings import load
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from journal.copies import copying
from journal.notes import write
from journal.settings import JournalSettings


def main() -> None:
    """Serve `PUT /notes/{id}`, relay the outbox and consume as the settings say."""
    settings = load(JournalSettings)

    @asynccontextmanager
    async def build(resources: Resources) -> AsyncGenerator[Parts]:
        async def put_note(request: Request) -> Response:
            async with resources.sessions.begin() as session:
                number = await write(session, UUID(request.path_params["note_id"]))
            return JSONResponse({"number": number})

        app = Starlette(routes=[Route("/notes/{note_id}", put_note, methods=["PUT"])])
        consumers = [copying(settings.group, forward=settings.forward)] if settings.group else []
        yield Parts(app=app, consumers=consumers)

    run("journal", settings, build)


if __name__ == "__main__":
    main()
