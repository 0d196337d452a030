"""Memory of services at work, against their libraries by themselves (target 10).

Availability answers questions; with the full profile all four take part in the demo's journey,
which books, moves and cancels.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import psutil
from stack.sample.furnish import furnish
from stack.sample.site import site_of
from stack.services import DEMO
from stack.settings import StackSettings
from stack.smoke.journey import travel
from stack.smoke.places import places
from stack.stack import Stack

from bench import availability_service, free_busy
from bench.availability_service import Running
from bench.free_busy import Busy, Question, over_http
from bench.http_client import connected
from bench.population import Population
from bench.suite import Arm, Comparison, Measurement, Profile, Suite, WrongAnswerError
from bench.targets import AtMost

_HOSTS = {Profile.SMOKE: 200, Profile.FULL: 10_000}
_QUESTIONS = {Profile.SMOKE: 20, Profile.FULL: 1_000}
_ROWS_EACH = 500
_IMPORTED = "import {0}.main, psutil; print(psutil.Process().memory_info().rss)"
_JOURNEYS = 10

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

    async with AsyncExitStack() as parts:
        service = await parts.enter_async_context(availability_service.running(stack, population))
        travelled = await parts.enter_async_context(_demo(profile))
        yield [
            Suite(
                name="memory",
                arms=[
                    _under_load(service),
                    _imported(LIBRARIES, "availability"),
                    _imported(LIBRARIES_AGAIN, "availability"),
                ],
                control=(LIBRARIES, LIBRARIES_AGAIN),
                comparisons=[Comparison(SERVICE, LIBRARIES, AtMost(1.5))],
                draw=draw,
                gate=gate,
            ),
            *(_at_rest(name, pid) for name, pid in travelled.items()),
        ]


@asynccontextmanager
async def _demo(profile: Profile) -> AsyncGenerator[Mapping[str, int]]:
    """Yield the pids of the demo's services, by name, after some journeys; none in a short run."""
    if profile is Profile.SMOKE:
        yield {}
        return
    settings = StackSettings(services=DEMO, calendars=True, mail=True)
    async with Stack(settings, announce=_say_nothing) as demo:
        await furnish(site_of(demo))
        to = places(demo.services["booking"].url, demo.radicale.url, demo.mail)
        for _ in range(_JOURNEYS):
            await travel(to, _say_nothing)
        pids = {name: service.program.pid for name, service in demo.services.items()}
        yield {name: pid for name, pid in pids.items() if pid is not None}


def _at_rest(name: str, pid: int) -> Suite[Question, Answer]:
    async def measure(_: Sequence[Question]) -> Measurement[Answer]:
        return Measurement(psutil.Process(pid).memory_info().rss, [])

    travelled = f"{name} after {_JOURNEYS} journeys"
    return Suite(
        name=f"memory of {name}",
        arms=[
            Arm(travelled, measure),
            _imported(LIBRARIES, name),
            _imported(LIBRARIES_AGAIN, name),
        ],
        control=(LIBRARIES, LIBRARIES_AGAIN),
        comparisons=[Comparison(travelled, LIBRARIES, AtMost(1.5))],
        draw=lambda _: [],
        gate=lambda _, __: None,
    )


def _say_nothing(_: str) -> None:
    pass


def _under_load(service: Running) -> Arm[Question, Answer]:
    async def measure(items: Sequence[Question]) -> Measurement[Answer]:
        async with over_http(connected(service.service.url, service.headers)) as way:
            _, answers = await way.answers(items)
        bytes_resident = psutil.Process(service.service.program.pid).memory_info().rss
        return Measurement(bytes_resident, answers)

    return Arm(SERVICE, measure)


def _imported(name: str, service: str) -> Arm[Question, Answer]:
    async def measure(_: Sequence[Question]) -> Measurement[Answer]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _IMPORTED.format(service)), stdout=asyncio.subprocess.PIPE
        )
        printed = (await process.communicate())[0]
        return Measurement(int(printed), [])

    return Arm(name, measure)
