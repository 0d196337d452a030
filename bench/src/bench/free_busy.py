"""Free/busy questions, and three ways to have them answered."""

import json
import struct
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bench.asking import Ask, one_by_one
from bench.bare_queries import PACKED, ROWS
from bench.busy import Interval, instant, merged
from bench.http_client import HttpClient
from bench.population import Population, calendar_id, host_id
from bench.suite import WrongAnswerError

_POSTGRES_EPOCH = 946_684_800
_MICROSECONDS = 1_000_000

_Parameters = tuple[Sequence[UUID], datetime, datetime]


@dataclass(frozen=True, slots=True)
class Question:
    """Asks when hosts, by number, are busy."""

    hosts: tuple[int, ...]
    window: Interval

    @property
    def calendar_ids(self) -> list[UUID]:
        """The hosts' calendars."""
        return [calendar_id(host) for host in self.hosts]


Busy = Mapping[UUID, Sequence[Interval]]
"""Merged intervals by the id of a host or of its calendar; who is not named is free."""


@dataclass(frozen=True, slots=True)
class Way:
    """How questions are asked, which is timed.

    Before, `put` makes each ready to be asked; after, `read` reads its answer.
    """

    put: Callable[[Question], Any]
    ask: Ask[Any, Any]
    read: Callable[[Question, Any], Busy]

    async def answers(self, questions: Sequence[Question]) -> tuple[float, list[Busy]]:
        """Return the median of the seconds that an answer takes, and what the answers say."""
        seconds, raw = await one_by_one([self.put(it) for it in questions], self.ask)
        return seconds, [self.read(q, a) for q, a in zip(questions, raw, strict=True)]


def over_http(
    connecting: AbstractAsyncContextManager[HttpClient],
) -> AbstractAsyncContextManager[Way]:
    """Return how availability answers."""
    return asked_over_http(connecting, request, read)


@asynccontextmanager
async def asked_over_http(
    connecting: AbstractAsyncContextManager[HttpClient],
    request: Callable[[HttpClient, Question], bytes],
    read: Callable[[Question, Any], Busy],
) -> AsyncGenerator[Way]:
    """Yield how a server answers: `request` writes a question, `read` reads an answer."""
    async with connecting as client:
        yield Way(lambda question: request(client, question), client.send, read)


def read(question: Question, body: bytes) -> Busy:
    """Read availability's answer to a question."""
    return read_answer(question.window, body)


def request(client: HttpClient, question: Question) -> bytes:
    """Return the request."""
    begin, end = question.window
    body = {
        "hosts": [str(host_id(host)) for host in question.hosts],
        "from": instant(begin).isoformat(),
        "to": instant(end).isoformat(),
    }
    return client.request("/v1/free-busy", body)


def rows(connection: Any) -> Way:
    """Return how the bare driver answers: a row for each interval."""

    async def ask(put: _Parameters) -> Any:
        return await connection.fetch(ROWS, *put)

    def read(question: Question, found: Any) -> Busy:
        intervals: dict[UUID, list[Interval]] = {}
        for calendar, start, end in found:
            interval = (int(start.timestamp()), int(end.timestamp()))
            intervals.setdefault(calendar, []).append(interval)
        return {it: merged(busy, question.window) for it, busy in intervals.items()}

    return Way(_parameters, ask, read)


def packed(connection: Any) -> Way:
    """Return how the bare driver answers with one packed value for each calendar."""

    async def ask(put: _Parameters) -> Any:
        return await connection.fetch(PACKED, *put)

    def read(question: Question, found: Any) -> Busy:
        return {it: merged(_unpacked(busy), question.window) for it, busy in found}

    return Way(_parameters, ask, read)


def _parameters(question: Question) -> _Parameters:
    begin, end = map(instant, question.window)
    return question.calendar_ids, begin, end


def check(population: Population, question: Question, busy: Busy) -> None:
    """Raise WrongAnswerError where somebody is busy at another time."""
    for host in question.hosts:
        expected = population.busy(host, question.window)
        found = busy.get(host_id(host)) or busy.get(calendar_id(host)) or []
        if found != expected:
            raise WrongAnswerError(
                f"host {host}: {len(found)} intervals, should be {len(expected)}"
            )


def read_answer(window: Interval, body: bytes) -> Busy:
    """Read what availability answers."""
    return {
        UUID(host["host_id"]): merged(
            [(_seconds(it["start"]), _seconds(it["end"])) for it in host["busy"]], window
        )
        for host in json.loads(body)["hosts"]
    }


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _unpacked(busy: bytes) -> list[Interval]:
    return [
        (start // _MICROSECONDS + _POSTGRES_EPOCH, end // _MICROSECONDS + _POSTGRES_EPOCH)
        for start, end in struct.iter_unpack(">qq", busy)
    ]
