"""What is really in Kafka: the records of a topic, and how far a group has come."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from entente_contracts import Topic
from messaging.admin import connect_admin, create_topics
from messaging.broker import build_producer, build_reader
from messaging.clients import KafkaReader, Record, RecordHeaders
from messaging.settings import KafkaSettings

_CLIENT = "wire"


class Wire:
    """Reads and writes records as they are, past every rule of messaging."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    async def create(self, *topics: Topic) -> None:
        """Make the topics that do not exist."""
        admin = await connect_admin(self._settings, client_id=_CLIENT)
        try:
            await create_topics(admin, topics)
        finally:
            await admin.close()

    async def produce(
        self, topic: Topic, value: bytes | None, *, key: bytes, headers: RecordHeaders = ()
    ) -> None:
        """Send one record."""
        producer = build_producer(self._settings, client_id=_CLIENT)
        await producer.start()
        try:
            await producer.send_and_wait(topic.name, value, key, headers=list(headers))
        finally:
            await producer.stop()

    async def records(self, topic: Topic) -> list[Record]:
        """Return every record of a topic, per partition in order."""
        partitions = _partitions(topic)
        found: list[Record] = []
        async with self._reader(None, partitions) as reader:
            starts = await reader.beginning_offsets(partitions)
            ends = await reader.end_offsets(partitions)
            for partition in partitions:
                reader.seek(partition, starts[partition])
                while await reader.position(partition) < ends[partition]:
                    fetched = await reader.getmany(partition, timeout_ms=500)
                    found += [record for records in fetched.values() for record in records]
        return found

    async def lag(self, topic: Topic, group: str) -> int:
        """Return how many records of the topic the group has not committed."""
        partitions = _partitions(topic)
        async with self._reader(group, partitions) as reader:
            starts = await reader.beginning_offsets(partitions)
            ends = await reader.end_offsets(partitions)
            committed = {p: await reader.committed(p) for p in partitions}
        places = {p: starts[p] if at is None else at for p, at in committed.items()}
        return sum(ends[p] - places[p] for p in partitions)

    @asynccontextmanager
    async def _reader(
        self, group: str | None, partitions: Sequence[TopicPartition]
    ) -> AsyncGenerator[KafkaReader]:
        reader = build_reader(self._settings, client_id=_CLIENT, group=group)
        await reader.start()
        try:
            reader.assign(partitions)
            yield reader
        finally:
            await reader.stop()


def header(record: Record, name: str) -> str | None:
    """Return a header's text, None when the record has no such header."""
    return next((value.decode() for key, value in record.headers if key == name), None)


def _partitions(topic: Topic) -> list[TopicPartition]:
    return [TopicPartition(topic.name, number) for number in range(topic.partitions)]
