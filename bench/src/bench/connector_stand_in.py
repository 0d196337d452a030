"""Answers commands about calendar entries at once, as a connector with instant providers would."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from aiokafka import TopicPartition  # it reads with the bare client
from entente_contracts import (
    EntryDelivery,
    EntryWritten,
    Envelope,
    WriteEntry,
    decode,
    encode,
    envelope_for,
)
from entente_contracts.topics import CALENDAR_COMMANDS, CALENDAR_ENTRIES
from messaging.broker import build_producer, build_reader
from messaging.clients import KafkaProducer, KafkaReader, Record
from messaging.settings import KafkaSettings

_POLL_MILLISECONDS = 50


@asynccontextmanager
async def answering(kafka: KafkaSettings) -> AsyncGenerator[None]:
    """Answer within the block that every entry is written."""
    reader = build_reader(kafka, client_id="bench-connector", group=None)
    producer = build_producer(kafka, client_id="bench-connector")
    await reader.start()
    await producer.start()
    partitions = [
        TopicPartition(CALENDAR_COMMANDS.name, n) for n in range(CALENDAR_COMMANDS.partitions)
    ]
    reader.assign(partitions)
    for partition, end in (await reader.end_offsets(partitions)).items():
        reader.seek(partition, end)
    task = asyncio.create_task(_answer(reader, producer))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await producer.stop()
        await reader.stop()


async def _answer(reader: KafkaReader, producer: KafkaProducer) -> None:
    while True:
        fetched = await reader.getmany(timeout_ms=_POLL_MILLISECONDS)
        for record in (record for records in fetched.values() for record in records):
            await _answer_one(record, producer)


async def _answer_one(record: Record, producer: KafkaProducer) -> None:
    asked = Envelope.from_headers(record.headers)
    command = decode(asked.type, record.value or b"")
    if not isinstance(command, WriteEntry):
        return
    written = EntryWritten(
        tenant_id=command.tenant_id,
        booking_id=command.booking_id,
        calendar_id=command.calendar_id,
        booking_revision=command.booking_revision,
        uid=command.uid,
        sequence=command.sequence,
        option_id=command.option_id,
        command_id=command.command_id,
        occurred_at=datetime.now(UTC),
        delivery=EntryDelivery.CALENDAR,
    )
    about = envelope_for(written, source="/bench", time=datetime.now(UTC))
    await producer.send(
        CALENDAR_ENTRIES.name,
        encode(written),
        key=about.partition_key.encode(),
        headers=about.to_headers(),
    )
