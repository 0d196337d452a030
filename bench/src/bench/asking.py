"""Asks questions, one after another or several at once, and times the answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Generic, TypeVar

from bench.stopwatch import Stopwatch

Question = TypeVar("Question")
Raw = TypeVar("Raw")

Ask = Callable[[Question], Awaitable[Raw]]


async def one_by_one(
    questions: Sequence[Question], ask: Ask[Question, Raw]
) -> tuple[float, list[Raw]]:
    """Return the median of the seconds that an answer takes, and the answers."""
    seconds: list[float] = []
    answers: list[Raw] = []
    for question in questions:
        watch = Stopwatch()
        answers.append(await ask(question))
        seconds.append(watch.seconds)
    return median(seconds), answers


async def all_at_once(
    questions: Sequence[Question], askers: Sequence[Ask[Question, Raw]]
) -> tuple[float, list[Raw]]:
    """Return the seconds that each answer took of a time in which all askers kept asking."""
    answers: dict[int, Raw] = {}
    numbered = enumerate(questions)
    watch = Stopwatch()
    await asyncio.gather(*(_keep_asking(numbered, ask, answers) for ask in askers))
    return watch.seconds / len(questions), [answers[n] for n in range(len(questions))]


@dataclass(frozen=True, slots=True)
class Asked(Generic[Raw]):
    """An answer, when the question was due (seconds of `time.time`) and how long it took since."""

    due: float
    seconds: float
    answer: Raw


async def at_fixed_times(
    questions: Sequence[Question], askers: Sequence[Ask[Question, Raw]], *, per_second: float
) -> list[Asked[Raw]]:
    """Ask at times that were set before: a question that waits for an asker is late already."""
    idle: asyncio.LifoQueue[Ask[Question, Raw]] = asyncio.LifoQueue()
    for asker in askers:
        idle.put_nowait(asker)
    first = time.time()

    async def ask(question: Question, due: float) -> Asked[Raw]:
        await asyncio.sleep(max(0.0, due - time.time()))
        asker = await idle.get()
        answer = await asker(question)
        idle.put_nowait(asker)
        return Asked(due, time.time() - due, answer)

    return await asyncio.gather(
        *(ask(question, first + number / per_second) for number, question in enumerate(questions))
    )


async def _keep_asking(
    questions: Iterator[tuple[int, Question]], ask: Ask[Question, Raw], answers: dict[int, Raw]
) -> None:
    for number, question in questions:
        answers[number] = await ask(question)
