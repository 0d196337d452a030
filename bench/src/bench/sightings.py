"""Sees records as a service that follows a topic would, and when."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from aiokafka import TopicPartition
from entente_contracts import Topic
from messaging.broker import build_reader
from messaging.clients import KafkaReader
from messaging.settings import KafkaSettings
from stack.polling import becomes_true

_POLL_MILLISECONDS = 100
_LOOK_SECONDS = 0.005


@dataclass
class Sightings:
    """Times in seconds of `time.time`, by the aggregate that a record of the type speaks of."""

    type: bytes
    times: dict[UUID, list[float]] = field(default_factory=dict[UUID, list[float]])

    async def of(self, ids: list[UUID]) -> list[list[float]]:
        """Return when each was seen, once all have been."""
        await becomes_true(lambda: all(it in self.times for it in ids), every=_LOOK_SECONDS)
        return [self.times[it] for it in ids]

    async def read(self, reader: KafkaReader) -> None:
        """Look until cancelled."""
        while True:
            fetched = await reader.getmany(timeout_ms=_POLL_MILLISECONDS)
            now = time.time()
            for record in (record for records in fetched.values() for record in records):
                headers = dict(record.headers)
                if headers["ce_type"] == self.type:
                    self.times.setdefault(UUID(headers["ce_subject"].decode()), []).append(now)


@asynccontextmanager
async def sightings(
    kafka: KafkaSettings, topic: Topic, message_type: str
) -> AsyncGenerator[Sightings]:
    """Follow a topic from its end within the block."""
    reader = build_reader(kafka, client_id="bench-sightings", group=None)
    await reader.start()
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    reader.assign(partitions)
    for partition, end in (await reader.end_offsets(partitions)).items():
        reader.seek(partition, end)
    seen = Sightings(message_type.encode())
    task = asyncio.create_task(seen.read(reader))
    try:
        yield seen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await reader.stop()
