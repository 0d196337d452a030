"""Free/busy as most would write it, as little as can answer, and nothing at all: `… PORT DSN`.

The least has no tenants, tokens, traces, sources, claims or rules, and takes every value as it is.
"""

import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import iter_unpack
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field
from starlette.responses import Response
from starlette.routing import Route

from bench.bare_queries import PACKED, ROWS

_CONNECTIONS = 8
_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


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


class LeanQuestion(msgspec.Struct):
    """Asks the same."""

    calendars: list[UUID]
    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")


class LeanBusy(msgspec.Struct, gc=False):
    """One interval."""

    start: datetime
    end: datetime


class LeanCalendarBusy(msgspec.Struct, gc=False):
    """The intervals of a calendar, merged."""

    calendar_id: UUID
    busy: list[LeanBusy]


_read_lean = msgspec.json.Decoder(LeanQuestion).decode
_write_lean = msgspec.json.Encoder().encode


def build(dsn: str) -> FastAPI:
    """Return the app."""

    @asynccontextmanager
    async def connected(app: FastAPI) -> AsyncGenerator[None]:
        async with _pool(dsn) as usual, _pool(dsn, reset=_no_reset) as quick:
            app.state.pool, app.state.quick_pool = usual, quick
            yield

    app = FastAPI(
        lifespan=connected,
        routes=[
            Route("/noop", _nothing, methods=["POST"]),
            Route("/least", _least, methods=["POST"]),
        ],
    )
    app.post("/free-busy")(_free_busy)
    return app


def _pool(dsn: str, **options: Any) -> Any:
    return asyncpg.create_pool(dsn, min_size=_CONNECTIONS, max_size=_CONNECTIONS, **options)  # pyright: ignore[reportUnknownMemberType]  # partly untyped


async def _no_reset(_: Any) -> None:
    """Spare the round trip that a pool spends on a connection that is given back."""


async def _nothing(request: Request) -> Response:
    await request.body()
    return Response(b"{}", media_type="application/json")


async def _free_busy(question: Question, request: Request) -> Answer:
    found = await request.app.state.pool.fetch(
        ROWS, question.calendars, question.start, question.end
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


async def _least(request: Request) -> Response:
    question = _read_lean(await request.body())
    found = await request.app.state.quick_pool.fetch(
        PACKED, question.calendars, question.start, question.end
    )
    calendars = [LeanCalendarBusy(it, list(_merged(packed))) for it, packed in found]
    return Response(_write_lean({"calendars": calendars}), media_type="application/json")


def _merged(packed: bytes) -> Iterator[LeanBusy]:
    ordered = sorted(iter_unpack(">qq", packed))
    start, end = ordered[0]
    for next_start, next_end in ordered:
        if next_start > end:
            yield LeanBusy(_instant(start), _instant(end))
            start, end = next_start, next_end
        elif next_end > end:
            end = next_end
    yield LeanBusy(_instant(start), _instant(end))


@lru_cache(maxsize=65_536)
def _instant(microseconds: int) -> datetime:
    return _POSTGRES_EPOCH + timedelta(microseconds=microseconds)


if __name__ == "__main__":
    uvicorn.run(build(sys.argv[2]), port=int(sys.argv[1]), log_config=None, access_log=False)
