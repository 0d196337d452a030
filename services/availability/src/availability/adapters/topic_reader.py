"""Reads topics from their first record on, without being a member of the group it follows."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from entente_contracts import Topic
from messaging.broker import build_reader
from messaging.clients import KafkaReader, Record
from messaging.settings import KafkaSettings

_FETCH_MS = 500
_RECORDS_AT_ONCE = 500


class TopicReader:
    """A place in each partition of some topics."""

    def __init__(self, reader: KafkaReader, partitions: Sequence[TopicPartition]) -> None:
        self._reader = reader
        self._partitions = partitions

    async def back_to_group(self) -> None:
        """Stand at the first records that the group's members may not have come to."""
        starts = await self._reader.beginning_offsets(self._partitions)
        for partition in self._partitions:
            committed = await self._reader.committed(partition)
            self._reader.seek(partition, max(committed or 0, starts[partition]))

    async def up_to_now(self) -> AsyncGenerator[Sequence[Record]]:
        """Yield the records from the present place to what are the ends now.

        Those of one topic come together, those of one partition in order. What compaction removed
        is passed over.
        """
        ends = await self._reader.end_offsets(self._partitions)
        waiting = {
            partition
            for partition in self._partitions
            if await self._is_short(partition, ends[partition])
        }
        while waiting:
            fetched = await self._reader.getmany(
                *waiting, timeout_ms=_FETCH_MS, max_records=_RECORDS_AT_ONCE
            )
            by_topic: dict[str, list[Record]] = {}
            for partition, records in fetched.items():
                by_topic.setdefault(partition.topic, []).extend(records)
            for records in by_topic.values():
                yield records
            waiting = {it for it in waiting if await self._is_short(it, ends[it])}

    async def _is_short(self, partition: TopicPartition, end: int) -> bool:
        return await self._reader.position(partition) < end


@asynccontextmanager
async def topic_reader(
    settings: KafkaSettings, topics: Collection[Topic], *, group: str
) -> AsyncGenerator[TopicReader]:
    """Yield a reader that stands at the first records; `group` consumes the topics."""
    reader = build_reader(settings, client_id="availability-rebuild", group=group)
    await reader.start()
    try:
        partitions = [TopicPartition(t.name, n) for t in topics for n in range(t.partitions)]
        reader.assign(partitions)
        for partition, offset in (await reader.beginning_offsets(partitions)).items():
            reader.seek(partition, offset)
        yield TopicReader(reader, partitions)
    finally:
        await reader.stop()
