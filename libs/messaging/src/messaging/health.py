"""Liveness and readiness: do the consumers make progress, do the dependencies answer.

Liveness never looks at PostgreSQL or Kafka themselves: restarting every process would not mend
them. It turns red for what a restart mends: a halted consumer, a dead task, a relay that makes no
turn, a Kafka client whose group coordination died, records waiting while nothing moves.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from messaging.clients import KafkaConsumer
from messaging.logs import type_name
from messaging.subscription import Subscription

Check = Callable[[], Awaitable[None]]
LastTurn = Callable[[], float]

STUCK_SECONDS = 90.0
# Longer than a turn takes in which PostgreSQL answers as late as it may.
NO_TURN_SECONDS = 300.0
_CHECK_SECONDS = 5.0
_FRESH_SECONDS = 5.0
_POSITION_SECONDS = 0.5


@dataclass
class _Progress:
    positions: Mapping[TopicPartition, int] = field(default_factory=dict[TopicPartition, int])
    moved_at: float = field(default_factory=time.monotonic)


class Liveness:
    """Says which consumers and background tasks a restart would help.

    `last_turns` tell of tasks that work in turns when the last one began, on the monotonic clock.
    """

    def __init__(
        self,
        subscriptions: Sequence[Subscription],
        tasks: Mapping[str, asyncio.Task[None]],
        last_turns: Mapping[str, LastTurn],
    ) -> None:
        self._subscriptions = subscriptions
        self._tasks = tasks
        self._last_turns = last_turns
        self._progress = {id(subscription): _Progress() for subscription in subscriptions}

    async def problems(self) -> list[str]:
        """Return one line per problem; none means alive."""
        found = [f"{name}: ended" for name, task in self._tasks.items() if task.done()]
        for name, last_turn in self._last_turns.items():
            if time.monotonic() - last_turn() > NO_TURN_SECONDS:
                found.append(f"{name}: no turn for {NO_TURN_SECONDS:g} s")
        for subscription in self._subscriptions:
            problem = await self._problem_of(subscription)
            if problem:
                found.append(f"{subscription.consumer.name}: {problem}")
        return found

    async def _problem_of(self, subscription: Subscription) -> str | None:
        if subscription.processor.halted:
            return "halted after too many dead letters in a row"
        client = subscription.client
        if client is None or not subscription.running:
            return "not running"
        if _coordination_died(client):
            return "group coordination ended"
        if await self._waits_without_progress(subscription, client):
            return f"records wait and none was handled for {STUCK_SECONDS:g} s"
        return None

    async def _waits_without_progress(
        self, subscription: Subscription, client: KafkaConsumer
    ) -> bool:
        progress = self._progress[id(subscription)]
        positions = await _known_positions(client)
        waiting = any((client.highwater(p) or 0) > at for p, at in positions.items())
        if positions != progress.positions or not waiting:
            progress.positions, progress.moved_at = positions, time.monotonic()
        moved_at = max(progress.moved_at, subscription.processor.last_activity)
        return time.monotonic() - moved_at > STUCK_SECONDS


class Readiness:
    """Runs the dependency checks, at most every few seconds, and remembers what they said."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._problems: list[str] = []
        self._checked_at = -_FRESH_SECONDS
        self._lock = asyncio.Lock()

    async def problems(self) -> list[str]:
        """Return one line per dependency that does not answer."""
        async with self._lock:
            if time.monotonic() - self._checked_at >= _FRESH_SECONDS:
                results = await asyncio.gather(
                    *(_problem_in(name, check) for name, check in self._checks.items())
                )
                self._problems = [problem for problem in results if problem]
                self._checked_at = time.monotonic()
        return self._problems


def health_routes(liveness: Liveness, readiness: Readiness) -> list[Route]:
    """Return `/livez` and `/readyz`: 200, or 503 with the problems, as JSON."""

    async def livez(_: Request) -> Response:
        return _answer(await liveness.problems())

    async def readyz(_: Request) -> Response:
        return _answer(await readiness.problems())

    return [Route("/livez", livez), Route("/readyz", readyz)]


def _answer(problems: list[str]) -> JSONResponse:
    body: dict[str, Any] = {"status": "failing" if problems else "ok", "problems": problems}
    return JSONResponse(
        body, status_code=503 if problems else 200, headers={"Cache-Control": "no-store"}
    )


async def _known_positions(client: KafkaConsumer) -> dict[TopicPartition, int]:
    """Return where the client stands; without Kafka a new member waits for ever to be told."""
    known: dict[TopicPartition, int] = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_POSITION_SECONDS):
            for partition in client.assignment():
                with contextlib.suppress(IllegalStateError):  # taken away just now
                    known[partition] = await client.position(partition)
    return known


async def _problem_in(name: str, check: Check) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001  # any failure of a dependency is its answer
        return f"{name}: {type_name(error)}"
    return None


def _coordination_died(client: KafkaConsumer) -> bool:
    """Look where aiokafka 0.14 offers no public signal (aio-libs/aiokafka#1154)."""
    coordinator: Any = getattr(client, "_coordinator", None)
    task = getattr(coordinator, "_coordination_task", None)
    return task is not None and task.done()
