"""Redrive: give dead letters back to the consumer group that failed them, and to no other.

They return on `<topic>.<group>.redrive`, which only that group reads: on the main topic an old
record would overtake newer ones, and on a compacted one replace them for every reader.
Which letters still wait is the committed offset of the group `<dead-letter topic>.redrive`.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import TopicPartition
from entente_contracts import Topic
from entente_contracts.topics import dead_letter, redrive

from messaging.broker import build_producer, build_reader
from messaging.clients import KafkaReader, Record
from messaging.dead_letter import HEADER_PREFIX, original_headers
from messaging.delivery import REDRIVEN_HEADER
from messaging.settings import KafkaSettings

_CLIENT_ID = "entente-redrive"
_FETCH_MS = 500


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record of a dead-letter topic, and what is known of its death."""

    record: Record
    about: dict[str, str]
    """reason, detail, attempts, group, topic, partition, offset, timestamp (ms), at."""

    @property
    def offset(self) -> int:
        """The letter's own offset, by which operators name it."""
        return self.record.offset


class DeadLetterQueue:
    """The dead letters of one topic and consumer group."""

    def __init__(self, kafka: KafkaSettings, topic: Topic, group: str) -> None:
        self._kafka = kafka
        self._source = TopicPartition(dead_letter(topic, group).name, 0)
        self._target = redrive(topic, group).name

    async def waiting(self) -> list[DeadLetter]:
        """Return the letters that have not been redriven, oldest first."""
        async with self._reader() as reader:
            return await self._waiting(reader)

    async def redrive(self, *, offset: int | None = None) -> int:
        """Publish the waiting letters to the redrive topic in their order; return how many.

        With `offset`, only that letter, which then stays listed. After an interruption a letter
        may be published twice; the inbox applies it once.
        """
        async with self._reader() as reader:
            letters = await self._waiting(reader)
            chosen = [letter for letter in letters if offset in (None, letter.offset)]
            await self._publish(chosen)
            if offset is None and letters:
                await reader.commit({self._source: letters[-1].offset + 1})
        return len(chosen)

    async def _waiting(self, reader: KafkaReader) -> list[DeadLetter]:
        start = await reader.committed(self._source)
        if start is None:
            start = (await reader.beginning_offsets([self._source]))[self._source]
        end = (await reader.end_offsets([self._source]))[self._source]
        reader.seek(self._source, start)
        letters: list[DeadLetter] = []
        while await reader.position(self._source) < end:
            fetched = await reader.getmany(self._source, timeout_ms=_FETCH_MS)
            letters += [_letter(record) for records in fetched.values() for record in records]
        return letters

    async def _publish(self, letters: list[DeadLetter]) -> None:
        producer = build_producer(self._kafka, client_id=_CLIENT_ID)
        await producer.start()
        try:
            for letter in letters:
                record = letter.record
                await producer.send_and_wait(
                    self._target,
                    record.value,
                    key=record.key,
                    headers=[*original_headers(record.headers), (REDRIVEN_HEADER, b"1")],
                )
        finally:
            await producer.stop()

    @asynccontextmanager
    async def _reader(self) -> AsyncGenerator[KafkaReader]:
        reader = build_reader(
            self._kafka, client_id=_CLIENT_ID, group=f"{self._source.topic}.redrive"
        )
        await reader.start()
        try:
            reader.assign([self._source])
            yield reader
        finally:
            await reader.stop()


def _letter(record: Record) -> DeadLetter:
    return DeadLetter(
        record,
        {
            name.removeprefix(HEADER_PREFIX): value.decode()
            for name, value in record.headers
            if name.startswith(HEADER_PREFIX)
        },
    )
