"""Memory of availability under load, against its libraries by themselves (target 10)."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from random import Random

import psutil
from stack.stack import Stack

from bench import availability_service, free_busy
from bench.availability_service import Running
from bench.free_busy import Busy, Question, over_http
from bench.http_client import connected
from bench.population import Population
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtMost

_HOSTS = {Profile.SMOKE: 200, Profile.FULL: 10_000}
_QUESTIONS = {Profile.SMOKE: 50, Profile.FULL: 1_000}
_ROWS_EACH = 500
_IMPORTED = "import availability.main, psutil; print(psutil.Process().memory_info().rss)"

SERVICE = "availability under load"
LIBRARIES = "its libraries, imported"
LIBRARIES_AGAIN = "its libraries, imported again"

Answer = Sequence[Busy]
"""What the load was answered, nothing by what is not asked. An arm's cost is resident bytes."""


@asynccontextmanager
async def opened(
    stack: Stack, profile: Profile
) -> AsyncGenerator[Sequence[Suite[Question, Answer]]]:
    """Yield the suite."""
    population = Population.around_now(_HOSTS[profile], _ROWS_EACH)

    def draw(random: Random) -> Sequence[Question]:
        return [
            Question(
                tuple(random.sample(range(population.hosts), 50)), population.window(random, 90)
            )
            for _ in range(_QUESTIONS[profile])
        ]

    def gate(items: Sequence[Question], answer: Answer) -> None:
        if answer and len(answer) != len(items):
            raise WrongAnswerError(f"{len(answer)} answers to {len(items)} questions")
        for question, busy in zip(items, answer, strict=False):
            free_busy.check(population, question, busy)

    async with availability_service.running(stack, population) as service:
        yield [
            Suite(
                name="memory",
                arms=[
                    _under_load(service),
                    _imported(LIBRARIES),
                    _imported(LIBRARIES_AGAIN),
                ],
                control=(LIBRARIES, LIBRARIES_AGAIN),
                comparisons=[Comparison(SERVICE, LIBRARIES, AtMost(1.5))],
                draw=draw,
                gate=gate,
            )
        ]


def _under_load(service: Running) -> Arm[Question, Answer]:
    async def measure(items: Sequence[Question]) -> Measurement[Answer]:
        async with over_http(connected(service.service.url, service.headers)) as (ask, read):
            answers = [await ask(question) for question in items]
        bytes_resident = psutil.Process(service.service.program.pid).memory_info().rss
        return Measurement(
            bytes_resident, [read(q, a) for q, a in zip(items, answers, strict=True)]
        )

    return Arm(SERVICE, measure)


def _imported(name: str) -> Arm[Question, Answer]:
    async def measure(_: Sequence[Question]) -> Measurement[Answer]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _IMPORTED), stdout=asyncio.subprocess.PIPE
        )
        printed = (await process.communicate())[0]
        return Measurement(int(printed), [])

    return Arm(name, measure)
