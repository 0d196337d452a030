"""Free/busy over HTTP against the bare query and what others would build (targets 1, 1b, 1c, 3)."""

import json
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from random import Random
from typing import Any

from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import accepts_tcp
from stack.stack import Stack

from bench import availability_service, servers
from bench.asking import Ask, all_at_once
from bench.availability_service import Running
from bench.busy import instant
from bench.free_busy import (
    Busy,
    Question,
    Way,
    asked_over_http,
    check,
    over_http,
    packed,
    read,
    read_answer,
    request,
    rows,
)
from bench.http_client import HttpClient, connected
from bench.population import Population
from bench.suite import Arm, Comparison, Measurement, Profile, Suite
from bench.targets import AtLeast, AtMost, NotJudged, Target

_HOSTS = {Profile.SMOKE: 400, Profile.FULL: 10_000}
_ROWS_EACH = 500
_QUESTIONS = {Profile.SMOKE: 60, Profile.FULL: 300}
_DAYS = 14
_CLIENTS = 8

HTTP = "availability over HTTP"
BARE = "bare query, rows"
BARE_AGAIN = "bare query, rows, again"
PACKED = "bare query, packed"
NOOP = "an endpoint that does nothing"
NOOP_AGAIN = "an endpoint that does nothing, again"
PLAIN = "FastAPI, pydantic and rows"
LEAST = "the least that answers over HTTP"

Answer = Sequence[Busy | None]
"""What each question was answered; None by what answers nothing."""

_TARGETS: Mapping[int, tuple[Target, Target | None]] = {
    1: (AtMost(3, 2), None),
    10: (AtMost(1.3, 1.0), AtMost(3)),
    50: (AtMost(0.9, 0.7), None),
}


@asynccontextmanager
async def opened(
    stack: Stack, profile: Profile
) -> AsyncGenerator[Sequence[Suite[Question, Answer]]]:
    """Yield a suite for each number of calendars, and one of many clients at once."""
    population = Population.around_now(_HOSTS[profile], _ROWS_EACH)
    async with AsyncExitStack() as parts:
        service = await parts.enter_async_context(availability_service.running(stack, population))
        plain_url = await _plain_server(stack, service, parts)
        bare = await parts.enter_async_context(servers.connection(service.postgres))
        scene = _Scene(population, _QUESTIONS[profile], service, plain_url, bare)
        yield [*map(scene.latency, _TARGETS), scene.throughput()]


@dataclass(frozen=True)
class _Scene:
    population: Population
    questions: int
    service: Running
    plain_url: str
    bare: Any

    def latency(self, calendars: int) -> Suite[Question, Answer]:
        to_rows, to_packed = _TARGETS[calendars]
        comparisons = [Comparison(HTTP, BARE, to_rows)]
        if to_packed:
            comparisons.append(Comparison(HTTP, PACKED, to_packed))
        comparisons.append(Comparison(LEAST, BARE, NotJudged()))
        return Suite(
            name=f"free/busy of {calendars}",
            arms=[
                _alone(HTTP, lambda: over_http(self._ours())),
                _alone(LEAST, lambda: asked_over_http(self._plain(), _least_request, _read_plain)),
                _alone(BARE, lambda: nullcontext(rows(self.bare))),
                _alone(BARE_AGAIN, lambda: nullcontext(rows(self.bare))),
                _alone(PACKED, lambda: nullcontext(packed(self.bare))),
            ],
            control=(BARE, BARE_AGAIN),
            comparisons=comparisons,
            draw=self._drawing(calendars),
            gate=self._gate,
        )

    def throughput(self) -> Suite[Question, Answer]:
        return Suite(
            name="free/busy, 8 clients",
            arms=[
                _together(HTTP, self._ours, request, read),
                _together(PLAIN, self._plain, _plain_request, _read_plain),
                _together(LEAST, self._plain, _least_request, _read_plain),
                _together(NOOP, self._plain, _noop_request, _read_nothing),
                _together(NOOP_AGAIN, self._plain, _noop_request, _read_nothing),
            ],
            control=(NOOP, NOOP_AGAIN),
            comparisons=[
                Comparison(HTTP, NOOP, AtLeast(0.10, 0.15)),
                Comparison(HTTP, PLAIN, AtLeast(3)),
                Comparison(HTTP, LEAST, NotJudged()),
            ],
            draw=self._drawing(10),
            gate=self._gate,
        )

    def _ours(self) -> AbstractAsyncContextManager[HttpClient]:
        return connected(self.service.service.url, self.service.headers)

    def _plain(self) -> AbstractAsyncContextManager[HttpClient]:
        return connected(self.plain_url)

    def _drawing(self, calendars: int) -> Callable[[Random], Sequence[Question]]:
        def draw(random: Random) -> Sequence[Question]:
            return [
                Question(
                    tuple(random.sample(range(self.population.hosts), calendars)),
                    self.population.window(random, _DAYS),
                )
                for _ in range(self.questions)
            ]

        return draw

    def _gate(self, items: Sequence[Question], answer: Answer) -> None:
        for question, busy in zip(items, answer, strict=True):
            if busy is not None:
                check(self.population, question, busy)


def _alone(name: str, way: Callable[[], AbstractAsyncContextManager[Way]]) -> Arm[Question, Answer]:
    async def measure(items: Sequence[Question]) -> Measurement[Answer]:
        async with way() as asking:
            return Measurement(*await asking.answers(items))

    return Arm(name, measure)


def _together(
    name: str,
    client: Callable[[], AbstractAsyncContextManager[HttpClient]],
    request: Callable[[HttpClient, Question], bytes],
    read: Callable[[Question, bytes], Busy | None],
) -> Arm[Question, Answer]:
    async def measure(items: Sequence[Question]) -> Measurement[Answer]:
        async with AsyncExitStack() as parts:
            clients = [await parts.enter_async_context(client()) for _ in range(_CLIENTS)]
            requests = [request(clients[0], question) for question in items]
            askers: list[Ask[bytes, bytes]] = [client.send for client in clients]
            seconds, answers = await all_at_once(requests, askers)
        return Measurement(seconds, [read(q, a) for q, a in zip(items, answers, strict=True)])

    return Arm(name, measure)


def _plain_request(client: HttpClient, question: Question) -> bytes:
    return client.request("/free-busy", _plain_question(question))


def _least_request(client: HttpClient, question: Question) -> bytes:
    return client.request("/least", _plain_question(question))


def _plain_question(question: Question) -> Mapping[str, Any]:
    begin, end = map(instant, question.window)
    return {
        "calendars": [str(it) for it in question.calendar_ids],
        "from": begin.isoformat(),
        "to": end.isoformat(),
    }


def _read_plain(question: Question, body: bytes) -> Busy:
    answer = {
        "hosts": [{"host_id": it["calendar_id"], **it} for it in json.loads(body)["calendars"]]
    }
    return read_answer(question.window, json.dumps(answer).encode())


def _noop_request(client: HttpClient, question: Question) -> bytes:
    return client.request("/noop", [str(it) for it in question.calendar_ids])


def _read_nothing(_: Question, __: bytes) -> None:
    return None


async def _plain_server(stack: Stack, service: Running, parts: AsyncExitStack) -> str:
    port = choose_port(None, purpose="the plain server")
    dsn = service.postgres.dsn.get_secret_value()
    program = Program(
        name="plain-server",
        command=Command(
            arguments=(sys.executable, "-m", "bench.peers.plain_server", str(port), dsn)
        ),
        workspace=stack.workspace,
        ready=accepts_tcp(port),
    )
    await program.start()
    parts.push_async_callback(program.stop)
    return f"http://{HOST}:{port}"
