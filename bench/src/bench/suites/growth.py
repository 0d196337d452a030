"""How an answer's cost grows with what is stored and asked, and memory with what is stored.

A target (10 and 11) is the factor by which the question or the store grows, to the power of the
slope allowed.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import psutil
from stack.stack import Stack

from bench import availability_service, free_busy
from bench.availability_service import Running
from bench.free_busy import Busy, Question, over_http
from bench.http_client import connected
from bench.population import Population
from bench.suite import Arm, Comparison, Measurement, Profile, Suite
from bench.targets import AtMost

_HOSTS = {Profile.SMOKE: (200, 1_000), Profile.FULL: (1_000, 100_000)}
_ROWS_EACH = {Profile.SMOKE: 500, Profile.FULL: 100}
_QUESTIONS = {Profile.SMOKE: 10, Profile.FULL: 50}
_NONE, _EVEN, _FLAT, _LINEAR = 0.01, 0.05, 0.15, 1.05
_EARLY, _LATE = (0.0, 0.1), (0.9, 1.0)
_HISTORIES = 0.95 / 0.05

FEW = "10 hosts, 14 days"
FEW_AGAIN = "10 hosts, 14 days, again"
FEW_OF_MANY = "10 hosts, 14 days, of more hosts"
MORE_HOSTS = "200 hosts, 14 days"
MORE_DAYS = "10 hosts, 90 days"
MOST = "200 hosts, 90 days"
HOLDING_FEW = "memory with few hosts stored"
HOLDING_FEW_AGAIN = "memory with few hosts stored, again"
HOLDING_MANY = "memory with many hosts stored"
OLD = "10 hosts, 14 days, after a long history"
NEW = "10 hosts, 14 days, after a short history"

Answer = Sequence[tuple[Population, Question, Busy]]
"""Each question with whom it was about and its answer."""


@asynccontextmanager
async def opened(stack: Stack, profile: Profile) -> AsyncGenerator[Sequence[Suite[int, Answer]]]:
    """Yield the suites, on a service with few hosts and one with many."""
    rows = _ROWS_EACH[profile]
    few, many = (Population.around_now(hosts, rows) for hosts in _HOSTS[profile])
    grown = many.hosts / few.hosts

    def draw(random: Random) -> Sequence[int]:
        return [random.getrandbits(32) for _ in range(_QUESTIONS[profile])]

    async with AsyncExitStack() as parts:
        on_few = few, await parts.enter_async_context(availability_service.running(stack, few))
        on_many = many, await parts.enter_async_context(availability_service.running(stack, many))
        yield [
            Suite(
                name="growth",
                arms=[
                    _arm(FEW, *on_few, hosts=10, days=14),
                    _arm(FEW_AGAIN, *on_few, hosts=10, days=14),
                    _arm(FEW_OF_MANY, *on_many, hosts=10, days=14),
                    _arm(MORE_HOSTS, *on_few, hosts=200, days=14),
                    _arm(MORE_DAYS, *on_few, hosts=10, days=90),
                    _arm(MOST, *on_few, hosts=200, days=90),
                    _arm(OLD, *on_few, hosts=10, days=14, part=_LATE),
                    _arm(NEW, *on_few, hosts=10, days=14, part=_EARLY),
                ],
                control=(FEW, FEW_AGAIN),
                comparisons=[
                    Comparison(FEW_OF_MANY, FEW, AtMost(grown**_FLAT)),
                    Comparison(OLD, NEW, AtMost(_HISTORIES**_EVEN)),
                    Comparison(MORE_HOSTS, FEW, AtMost((200 / 10) ** _LINEAR)),
                    Comparison(MORE_DAYS, FEW, AtMost((90 / 14) ** _LINEAR)),
                    Comparison(MOST, FEW, AtMost((200 * 90 / (10 * 14)) ** _LINEAR)),
                ],
                draw=draw,
                gate=gate,
            ),
            Suite(
                name="growth of memory",
                arms=[
                    _holding(HOLDING_FEW, *on_few),
                    _holding(HOLDING_FEW_AGAIN, *on_few),
                    _holding(HOLDING_MANY, *on_many),
                ],
                control=(HOLDING_FEW, HOLDING_FEW_AGAIN),
                comparisons=[Comparison(HOLDING_MANY, HOLDING_FEW, AtMost(grown**_NONE))],
                draw=draw,
                gate=gate,
            ),
        ]


def gate(_: Sequence[int], answer: Answer) -> None:
    """Refuse an answer in which somebody is busy at another time."""
    for population, question, busy in answer:
        free_busy.check(population, question, busy)


def _arm(
    name: str,
    population: Population,
    service: Running,
    *,
    hosts: int,
    days: int,
    part: tuple[float, float] = (0.0, 1.0),
) -> Arm[int, Answer]:
    def question(seed: int) -> Question:
        random = Random(seed)
        chosen = tuple(random.sample(range(population.hosts), hosts))
        return Question(chosen, population.window(random, days, part))

    async def measure(items: Sequence[int]) -> Measurement[Answer]:
        questions = [question(seed) for seed in items]
        async with over_http(connected(service.service.url, service.headers)) as way:
            seconds, answers = await way.answers(questions)
        return Measurement(
            seconds, [(population, q, busy) for q, busy in zip(questions, answers, strict=True)]
        )

    return Arm(name, measure)


def _holding(name: str, population: Population, service: Running) -> Arm[int, Answer]:
    """Return an arm of which the cost is what stays resident after questions about many hosts."""
    asking = _arm(name, population, service, hosts=200, days=90)

    async def measure(items: Sequence[int]) -> Measurement[Answer]:
        asked = await asking.measure(items)
        resident = psutil.Process(service.service.program.pid).memory_info().rss
        return Measurement(resident, asked.answer)

    return Arm(name, measure)
