"""A bare producer, and what a topic holds."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiokafka import TopicPartition
from entente_contracts import Envelope, Message, Topic, encode, envelope_for, envelope_for_tombstone
from messaging.broker import build_producer, build_reader
from messaging.clients import KafkaProducer, Record
from messaging.settings import KafkaSettings

_SOURCE = "/lab"


@dataclass(frozen=True)
class End:
    """A null value: the state of a key is gone."""

    of: type[Message]
    key: str
    subject: str
    version: int
    tenant_id: str


Said = Message | End


class Wire:
    """Publishes as other services do, and reads back."""

    def __init__(self, settings: KafkaSettings, producer: KafkaProducer) -> None:
        self._settings = settings
        self._producer = producer

    async def publish(self, *said: Said) -> list[UUID]:
        """Publish in order; return the ids of the records."""
        return await self.send([(envelope(it), it) for it in said])

    async def publish_within(self, traceparent: str, said: Said) -> list[UUID]:
        """Publish as part of a trace; return the record's id."""
        about = envelope(said)
        await self._producer.send_and_wait(
            _topic(said).name,
            None if isinstance(said, End) else encode(said),
            key=about.partition_key.encode(),
            headers=[*about.to_headers(), ("traceparent", traceparent.encode())],
        )
        return [about.id]

    async def send(self, records: Sequence[tuple[Envelope, Said]]) -> list[UUID]:
        """Publish records whose envelopes are made already, perhaps once more."""
        acknowledgements = [
            await self._producer.send(
                _topic(it).name,
                None if isinstance(it, End) else encode(it),
                key=about.partition_key.encode(),
                headers=about.to_headers(),
            )
            for about, it in records
        ]
        for acknowledgement in acknowledgements:
            await acknowledgement
        return [about.id for about, _ in records]

    async def send_bare(self, topic: Topic, key: str) -> None:
        """Publish a null value without any header."""
        await self._producer.send_and_wait(topic.name, None, key=key.encode())

    async def lag(self, topic: Topic, group: str) -> int:
        """Return how many records of the topic the group has not committed."""
        reader = build_reader(self._settings, client_id="lab", group=group)
        await reader.start()
        try:
            partitions = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
            reader.assign(partitions)
            ends = await reader.end_offsets(partitions)
            return sum([ends[it] - (await reader.committed(it) or 0) for it in partitions])
        finally:
            await reader.stop()

    async def records(self, topic: Topic) -> list[Record]:
        """Return every record of a topic, per partition in order."""
        reader = build_reader(self._settings, client_id="lab", group=None)
        await reader.start()
        try:
            partitions = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
            reader.assign(partitions)
            starts = await reader.beginning_offsets(partitions)
            ends = await reader.end_offsets(partitions)
            found: list[Record] = []
            for partition in partitions:
                reader.seek(partition, starts[partition])
                while await reader.position(partition) < ends[partition]:
                    fetched = await reader.getmany(partition, timeout_ms=500)
                    found += [record for records in fetched.values() for record in records]
            return found
        finally:
            await reader.stop()


@asynccontextmanager
async def open_wire(settings: KafkaSettings) -> AsyncGenerator[Wire]:
    """Yield a wire with a producer of its own."""
    producer = build_producer(settings, client_id="lab")
    await producer.start()
    try:
        yield Wire(settings, producer)
    finally:
        await producer.stop()


def envelope(said: Said) -> Envelope:
    """Return a new envelope."""
    about: dict[str, Any] = {"source": _SOURCE, "time": datetime.now(UTC)}
    if not isinstance(said, End):
        return envelope_for(said, **about)
    return envelope_for_tombstone(
        said.of,
        key=said.key,
        subject=said.subject,
        version=said.version,
        tenant_id=said.tenant_id,
        **about,
    )


def _topic(said: Said) -> Topic:
    return said.of.topic if isinstance(said, End) else said.topic
