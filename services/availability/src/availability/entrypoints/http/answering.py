"""What every question needs: who asks, what is read, what time it is."""

from dataclasses import dataclass

from fastapi import Request, Response

from availability.application.ports import Clock, HostReader


@dataclass(frozen=True, slots=True)
class Answering:
    """The parts of an answer."""

    reader: HostReader
    clock: Clock

    def answer(self, document: bytes) -> Response:
        """Return an encoded document; nobody on the way may keep it."""
        return Response(document, media_type="application/json", headers=_NOT_KEPT)


_NOT_KEPT = {"Cache-Control": "no-store"}


async def answering(request: Request) -> Answering:
    """Return the app's parts (FastAPI dependency)."""
    parts: Answering = request.app.state.answering
    return parts
