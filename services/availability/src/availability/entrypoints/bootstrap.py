"""Not ready before the topics' past is known: an empty projection would call everyone free."""

from aiokafka import TopicPartition
from messaging.broker import build_reader
from messaging.failure import TransientError
from messaging.settings import KafkaSettings

from availability.subscriptions import TOPICS


class StillReadingError(TransientError):
    """Records that were there at the start have not been applied yet."""


class Bootstrap:
    """A readiness check that passes for good once the group has read what it found.

    What it found are the ends of the topics when it was first asked.
    """

    def __init__(self, settings: KafkaSettings, *, group: str) -> None:
        self._settings = settings
        self._group = group
        self._ends: dict[TopicPartition, int] | None = None
        self._done = False

    async def check(self) -> None:
        """Raise StillReadingError while records wait that were there before."""
        if not self._done:
            waiting = await self._waiting()
            if waiting:
                raise StillReadingError(f"{waiting} records wait")
            self._done = True

    async def _waiting(self) -> int:
        reader = build_reader(self._settings, client_id="availability", group=self._group)
        await reader.start()
        try:
            partitions = [TopicPartition(t.name, n) for t in TOPICS for n in range(t.partitions)]
            reader.assign(partitions)
            if self._ends is None:
                starts = await reader.beginning_offsets(partitions)
                ends = await reader.end_offsets(partitions)
                self._ends = {it: end for it, end in ends.items() if end > starts[it]}
            behind = 0
            for partition, end in self._ends.items():
                behind += max(0, end - (await reader.committed(partition) or 0))
            return behind
        finally:
            await reader.stop()
