"""The clock: what is due is worked on, as much at once as the settings allow."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from messaging.database import connect
from messaging.logs import type_name
from messaging.settings import PostgresSettings

_logger = logging.getLogger(__name__)

_LONGEST_SLEEP_SECONDS = 15.0
_SHORTEST_SLEEP_SECONDS = 0.2
_RECONNECT_SECONDS = 2.0


class Leased(Protocol):
    """The right to work on something of a calendar for a while."""

    @property
    def calendar_id(self) -> UUID:
        """The calendar it is about."""
        ...


L = TypeVar("L", bound=Leased)


class Queue(Protocol[L]):
    """What is planned, each due piece handed to one worker at a time."""

    async def claim(self, most: int) -> Sequence[L]:
        """Take up to `most` due pieces, the longest due first."""
        ...

    async def release(self, lease: L) -> None:
        """Give back what was not finished, due at once."""
        ...

    async def seconds_to_next(self) -> float | None:
        """Return how long nothing is due, None when nothing is planned."""
        ...


class Scheduler(Generic[L]):
    """Hands what is due to `work`, woken by NOTIFY on `channel` and by the time of the next."""

    def __init__(
        self,
        queue: Queue[L],
        work: Callable[[L], Awaitable[object]],
        *,
        postgres: PostgresSettings,
        channel: str,
        concurrency: int,
    ) -> None:
        self._queue = queue
        self._do = work
        self._postgres = postgres
        self._channel = channel
        self._concurrency = concurrency
        self._in_hand: list[L] = []
        self._claiming: asyncio.Task[Sequence[L]] | None = None
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled; what is in hand then is given back."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._dispatch_for_ever(tasks))
        finally:
            await self._give_back()

    async def _dispatch_for_ever(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._wake.clear()
            try:
                pause = await self._dispatch(tasks)
            except Exception as error:  # what is due stays so
                _logger.warning(
                    "nothing claimed of %s: %s", self._channel, type_name(error), exc_info=error
                )
                pause = _RECONNECT_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _dispatch(self, tasks: asyncio.TaskGroup) -> float:
        """Claim what there is room for; return how long to sleep unless woken, in seconds."""
        free = self._concurrency - len(self._in_hand)
        if not free:
            return _LONGEST_SLEEP_SECONDS
        self._claiming = asyncio.create_task(self._claim(free))
        for lease in await asyncio.shield(self._claiming):
            tasks.create_task(self._work(lease))
        due_in = await self._queue.seconds_to_next()
        longest = _LONGEST_SLEEP_SECONDS if due_in is None else min(due_in, _LONGEST_SLEEP_SECONDS)
        return max(longest, _SHORTEST_SLEEP_SECONDS)

    async def _claim(self, most: int) -> Sequence[L]:
        """Claim as much; never cancelled, as a claim that nobody knows of ends with its lease."""
        claimed = await self._queue.claim(most)
        self._in_hand += claimed
        return claimed

    async def _work(self, lease: L) -> None:
        try:
            await self._do(lease)
        except Exception:  # the failure of one is not that of the others
            _logger.exception(
                "work on %s broke off, it is tried again when its lease ends",
                self._channel,
                extra={"calendar_id": str(lease.calendar_id)},
            )
        self._in_hand.remove(lease)
        self._wake.set()

    async def _give_back(self) -> None:
        """Release what was begun, and what was claimed and never begun."""
        if self._claiming is not None:
            await asyncio.wait([self._claiming])
        while self._in_hand:
            await self._queue.release(self._in_hand.pop())

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except Exception as error:  # noqa: BLE001 - the timer goes on meanwhile
                _logger.warning("not listening to %s: %s", self._channel, type_name(error))
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _on_due(self, *_: object) -> None:
        self._wake.set()

    async def _listen_once(self) -> None:
        connection = await connect(self._postgres, application_name="connector-scheduler")
        lost = asyncio.Event()
        try:

            def on_lost(_: object) -> None:
                lost.set()

            connection.add_termination_listener(on_lost)
            await connection.add_listener(self._channel, self._on_due)
            self._wake.set()
            await lost.wait()
        finally:
            await connection.close(timeout=1)
