"""Free/busy as most would write it, and an endpoint that does nothing: `… PORT DSN`."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field
from starlette.responses import Response
from starlette.routing import Route

_ROWS = """
    SELECT calendar_id, starts, ends FROM bare.busy
    WHERE calendar_id = ANY ($1) AND starts > $2::timestamptz - interval '1 day'
      AND starts < $3::timestamptz AND ends > $2::timestamptz
    ORDER BY 1, 2
"""
_CONNECTIONS = 8


class Question(BaseModel):
    """Asks when calendars are busy."""

    calendars: list[UUID]
    start: Annotated[datetime, Field(alias="from")]
    end: Annotated[datetime, Field(alias="to")]


class Busy(BaseModel):
    """One interval."""

    start: datetime
    end: datetime


class CalendarBusy(BaseModel):
    """The intervals of a calendar, merged."""

    calendar_id: UUID
    busy: list[Busy]


class Answer(BaseModel):
    """The calendars that are not free all the time."""

    calendars: list[CalendarBusy]


def build(dsn: str) -> FastAPI:
    """Return the app."""

    @asynccontextmanager
    async def connected(app: FastAPI) -> AsyncGenerator[None]:
        pool: Any = asyncpg.create_pool(dsn, min_size=_CONNECTIONS, max_size=_CONNECTIONS)  # pyright: ignore[reportUnknownMemberType]  # partly untyped
        async with pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=connected, routes=[Route("/noop", _nothing, methods=["POST"])])
    app.post("/free-busy")(_free_busy)
    return app


async def _nothing(request: Request) -> Response:
    await request.body()
    return Response(b"{}", media_type="application/json")


async def _free_busy(question: Question, request: Request) -> Answer:
    found = await request.app.state.pool.fetch(
        _ROWS, question.calendars, question.start, question.end
    )
    by_calendar: dict[UUID, list[Busy]] = {}
    for calendar_id, starts, ends in found:
        busy = by_calendar.setdefault(calendar_id, [])
        if busy and starts <= busy[-1].end:
            busy[-1].end = max(busy[-1].end, ends)
        else:
            busy.append(Busy(start=starts, end=ends))
    return Answer(
        calendars=[CalendarBusy(calendar_id=it, busy=busy) for it, busy in by_calendar.items()]
    )


if __name__ == "__main__":
    uvicorn.run(build(sys.argv[2]), port=int(sys.argv[1]), log_config=None, access_log=False)
