"""Free/busy while calendars change: as right as ever, and how much slower."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from availability.domain.slot_request import MAX_HOSTS
from entente_contracts.topics import CALENDAR_BUSY
from messaging.settings import KafkaSettings
from stack.stack import Stack

from bench import availability_service, free_busy, servers
from bench.asking import Asked, at_fixed_times
from bench.availability_service import Running
from bench.changes import Change, Month, trace_of
from bench.free_busy import Question, read, request
from bench.http_client import HttpClient, connected
from bench.latencies import p99
from bench.open_loop import sender
from bench.population import Population, host_id
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtMost
from bench.waiting import until

_HOSTS = {Profile.SMOKE: 200, Profile.FULL: 2_000}
_CHANGING_SHARE = 0.5
_ROWS_EACH = 500
_QUESTIONS = {Profile.SMOKE: 150, Profile.FULL: 2_000}
_ASKED_PER_SECOND = 100.0
_CHANGED_PER_SECOND = 500.0
_HOSTS_ASKED = 10
_CONNECTIONS = 8
_SETTLING_SECONDS = 30.0
_LOOK_SECONDS = 0.05

CHANGING = "free/busy of 10, p99, 500 changes a second"
AGE = "age of what is answered meanwhile, p99"
QUIET = "free/busy of 10, p99"
QUIET_AGAIN = "free/busy of 10, p99, again"
TENTH = "a tenth of a second"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answers to all questions, and the changes that were sent meanwhile."""

    asked: Sequence[Asked[bytes]]
    changes: Sequence[Change] = ()
    first_due: float = 0.0


@asynccontextmanager
async def opened(
    stack: Stack, profile: Profile
) -> AsyncGenerator[Sequence[Suite[Question, Answer]]]:
    """Yield the suite."""
    population = Population.around_now(_HOSTS[profile], _ROWS_EACH)
    async with AsyncExitStack() as parts:
        service = await parts.enter_async_context(availability_service.running(stack, population))
        scene = _Scene(population, service, servers.kafka_settings(await stack.start_kafka()))
        await scene.change_all()
        yield [scene.suite(_QUESTIONS[profile])]


class _Scene:
    """Hosts of whom the first half's calendars change, and a service that answers about all."""

    def __init__(self, population: Population, service: Running, kafka: KafkaSettings) -> None:
        self._population = population
        self._service = service
        self._kafka = kafka
        self._month = Month(datetime.now(UTC))
        self._changing = range(int(population.hosts * _CHANGING_SHARE))
        self._latest: dict[int, Change] = {}
        self._asked: tuple[Question, Answer] | None = None

    def suite(self, questions: int) -> Suite[Question, Answer]:
        def draw(random: Random) -> Sequence[Question]:
            hosts = range(self._population.hosts)
            return [
                Question(tuple(random.sample(hosts, _HOSTS_ASKED)), self._month.window)
                for _ in range(questions)
            ]

        return Suite(
            name="reads",
            arms=[
                Arm(CHANGING, self._while_changing),
                Arm(AGE, self._age_while_changing),
                Arm(QUIET, self._quietly),
                Arm(QUIET_AGAIN, self._quietly),
                Arm(TENTH, _tenth),
            ],
            control=(QUIET, QUIET_AGAIN),
            comparisons=[
                Comparison(CHANGING, QUIET, AtMost(3, 1.5)),
                Comparison(AGE, TENTH, AtMost(1)),
            ],
            draw=draw,
            gate=self._gate,
        )

    async def change_all(self) -> None:
        """Have every changing calendar changed once, and wait until all of it is answered."""
        changes = self._next_changes(len(self._changing))
        async with sender(
            self._kafka, CALENDAR_BUSY.name, changes, per_second=_CHANGED_PER_SECOND
        ) as sending:
            await sending.send()
            await sending.finished()
        await self._settled()

    async def _quietly(self, items: Sequence[Question]) -> Measurement[Answer]:
        asked = await self._ask(items)
        return Measurement(p99(it.seconds for it in asked), Answer(asked))

    async def _while_changing(self, items: Sequence[Question]) -> Measurement[Answer]:
        answer = await self._ask_while_changing(items)
        return Measurement(p99(it.seconds for it in answer.asked), answer)

    async def _age_while_changing(self, items: Sequence[Question]) -> Measurement[Answer]:
        answer = await self._ask_while_changing(items)
        return Measurement(p99(self._ages(items, answer)), answer)

    async def _ask_while_changing(self, items: Sequence[Question]) -> Answer:
        """Ask while calendars change, once for the two arms that look at it."""
        if self._asked is None or self._asked[0] is not items[0]:
            self._asked = items[0], await self._ask_and_change(items)
        return self._asked[1]

    async def _ask_and_change(self, items: Sequence[Question]) -> Answer:
        changes = self._next_changes(int(len(items) / _ASKED_PER_SECOND * _CHANGED_PER_SECOND))
        async with sender(
            self._kafka, CALENDAR_BUSY.name, changes, per_second=_CHANGED_PER_SECOND
        ) as sending:
            first_due = await sending.send()
            asked = await self._ask(items)
            await sending.finished()
        await self._settled()
        return Answer(asked, changes, first_due)

    async def _ask(self, items: Sequence[Question]) -> Sequence[Asked[bytes]]:
        async with AsyncExitStack() as parts:
            clients = [await parts.enter_async_context(self._client()) for _ in range(_CONNECTIONS)]
            requests = [request(clients[0], question) for question in items]
            return await at_fixed_times(
                requests, [client.send for client in clients], per_second=_ASKED_PER_SECOND
            )

    def _next_changes(self, number: int) -> Sequence[Change]:
        hosts = [self._changing[index % len(self._changing)] for index in range(number)]
        changes = self._month.changes(hosts)
        self._latest |= {change.host: change for change in changes}
        return changes

    async def _settled(self) -> None:
        """Return when every calendar shows its latest change."""
        async with asyncio.timeout(_SETTLING_SECONDS), self._client() as client:
            for first in range(0, len(self._changing), MAX_HOSTS):
                await self._shows_latest(client, self._changing[first : first + MAX_HOSTS])

    async def _shows_latest(self, client: HttpClient, hosts: Sequence[int]) -> None:
        question = Question(tuple(hosts), self._month.window)
        expected = {host: trace_of(self._latest[host].revision) for host in hosts}

        async def settled() -> bool:
            return await self._shown(client, question) == expected

        await until(settled, every=_LOOK_SECONDS)

    async def _shown(self, client: HttpClient, question: Question) -> dict[int, int | None]:
        busy = read(question, await client.send(request(client, question)))
        shown: dict[int, int | None] = {}
        for host in question.hosts:
            try:
                shown[host] = self._month.shown(busy[host_id(host)])
            except WrongAnswerError:
                shown[host] = None  # what the population began with
        return shown

    def _client(self) -> AbstractAsyncContextManager[HttpClient]:
        return connected(self._service.service.url, self._service.headers)

    def _gate(self, items: Sequence[Question], answer: Answer) -> None:
        """Refuse an answer that mixes pictures, or gets a calendar wrong that does not change."""
        for question, asked in zip(items, answer.asked, strict=False):
            busy = read(question, asked.answer)
            quiet = [host for host in question.hosts if host not in self._changing]
            free_busy.check(self._population, Question(tuple(quiet), question.window), busy)
            for host in set(question.hosts) & set(self._changing):
                self._month.shown(busy[host_id(host)])

    def _ages(self, items: Sequence[Question], answer: Answer) -> Sequence[float]:
        """Return for how long each calendar answered about had been changed unseen."""
        changes: dict[int, list[tuple[float, int]]] = {}
        for number, change in enumerate(answer.changes):
            due = answer.first_due + number / _CHANGED_PER_SECOND
            changes.setdefault(change.host, []).append((due, trace_of(change.revision)))
        ages: list[float] = []
        for question, asked in zip(items, answer.asked, strict=True):
            busy, at = read(question, asked.answer), asked.due + asked.seconds
            for host in set(question.hosts) & set(changes):
                shown = self._month.shown(busy[host_id(host)])
                ages.append(age(changes[host], shown, at))
        return ages


def age(changes: Sequence[tuple[float, int]], shown: int, at: float) -> float:
    """Return how long ago, at a moment, the first change was due that is not shown yet."""
    known = changes[: bisect_right(changes, at, key=lambda change: change[0])]
    seen = next((n for n, (_, trace) in enumerate(changes, start=1) if trace == shown), 0)
    return at - known[seen][0] if seen < len(known) else 0.0


async def _tenth(_: Sequence[Question]) -> Measurement[Answer]:
    return Measurement(0.1, Answer(()))
