"""Asks questions, one after another or several at once, and times the answers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from statistics import median
from typing import TypeVar

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


async def _keep_asking(
    questions: Iterator[tuple[int, Question]], ask: Ask[Question, Raw], answers: dict[int, Raw]
) -> None:
    for number, question in questions:
        answers[number] = await ask(question)
