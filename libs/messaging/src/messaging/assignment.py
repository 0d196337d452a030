"""Partitions are given up with what is in hand finished and committed.

Before a group shares its partitions out anew, its members may do that. aiokafka would join at once
and let a commit follow in the next generation, in which Kafka takes it from any member, for any
partition: it could set back the offset of a partition's new owner, who would not know.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Collection

from aiokafka import ConsumerRebalanceListener, TopicPartition

# Meanwhile the whole group waits.
_FINISHING_SECONDS = 10.0


class Assignment:
    """A member's partitions until they are shared out anew.

    When it is `ending`, what is in hand is to be finished soon; what is not finished when it is
    `over` is somebody else's.
    """

    def __init__(self) -> None:
        self.ending = asyncio.Event()
        self.over = False
        self._limit: asyncio.Timeout | None = None

    @contextlib.asynccontextmanager
    async def until_over(self) -> AsyncGenerator[None]:
        """Cut off what the block waits for, by a TimeoutError, once the assignment is over."""
        async with asyncio.timeout(None) as limit:
            self._limit = limit
            try:
                yield
            finally:
                self._limit = None

    def finish(self) -> None:
        """Leave what is still in hand to somebody else."""
        self.over = True
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())
            self._limit = None


class Assignments(ConsumerRebalanceListener):
    """One assignment after the other, each for as long as its last batch is in hand."""

    def __init__(self, finishing_seconds: float = _FINISHING_SECONDS) -> None:
        self._finishing_seconds = finishing_seconds
        self._current = Assignment()
        self._in_hand = asyncio.Lock()
        self._last = False

    @contextlib.asynccontextmanager
    async def in_hand(self) -> AsyncGenerator[Assignment]:
        """Yield the assignment of a batch, which may be over only when it takes too long."""
        async with self._in_hand:
            yield self._current

    def end(self) -> None:
        """Let what is in hand be finished, and nothing be begun."""
        self._last = True
        self._current.ending.set()

    async def on_partitions_revoked(  # pyright: ignore[reportIncompatibleMethodOverride]  # may be async
        self, revoked: Collection[TopicPartition]
    ) -> None:
        """Wait for what is in hand; aiokafka joins afterwards, and goes on with its heartbeats."""
        del revoked
        ended = self._current
        ended.ending.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._finishing_seconds), self._in_hand:
                pass
        ended.finish()

    async def on_partitions_assigned(  # pyright: ignore[reportIncompatibleMethodOverride]  # may be async
        self, assigned: Collection[TopicPartition]
    ) -> None:
        """Begin anew."""
        del assigned
        self._current = Assignment()
        if self._last:
            self._current.ending.set()
