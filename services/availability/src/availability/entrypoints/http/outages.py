"""A database that does not answer is an outage, not an empty calendar."""

from http import HTTPStatus

import asyncpg
from fastapi import FastAPI, Request, Response
from messaging.database import DatabaseUnreachableError
from webapi.problems import answer

_OUTAGES = (
    DatabaseUnreachableError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.QueryCanceledError,
    asyncpg.OperatorInterventionError,
    ConnectionError,
    TimeoutError,
)


def answer_outages(app: FastAPI) -> None:
    """Answer 503 while the projections cannot be read; asking again later is safe."""

    async def on_outage(_: Request, __: Exception) -> Response:
        return answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "projections_unavailable",
            "Nothing can be told at present: the projections cannot be read.",
            headers={"Retry-After": "1"},
        )

    for outage in _OUTAGES:
        app.add_exception_handler(outage, on_outage)
