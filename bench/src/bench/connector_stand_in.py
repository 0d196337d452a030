"""Answers commands about calendar entries at once, as a connector with instant providers would."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from aiokafka import TopicPartition  # it reads with the bare client
from entente_contracts import EntryWritten, WriteEntry, uuid7
from entente_contracts.message import schema_uri
from entente_contracts.topics import CALENDAR_COMMANDS, CALENDAR_ENTRIES
from messaging.broker import build_producer, build_reader
from messaging.clients import KafkaProducer, KafkaReader, Record
from messaging.settings import KafkaSettings
from pydantic_core import from_json, to_json

_POLL_MILLISECONDS = 50
_ASKED = WriteEntry.type.encode()
_ECHOED = (
    "tenant_id",
    "booking_id",
    "calendar_id",
    "booking_revision",
    "uid",
    "sequence",
    "command_id",
)


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
    """Echo what the command says of its entry, without models: they are not what is measured."""
    headers = dict(record.headers)
    if headers["ce_type"] != _ASKED:
        return
    command = from_json(record.value or b"")
    written = {name: command[name] for name in _ECHOED} | {
        "occurred_at": headers["ce_time"].decode(),
        "delivery": "calendar",
    }
    key = command["booking_id"].encode()
    about = {
        "ce_id": str(uuid7()).encode(),
        "ce_type": EntryWritten.type.encode(),
        "ce_dataschema": schema_uri(EntryWritten).encode(),
        "ce_source": b"/bench",
        "ce_subject": key,
        "ce_partitionkey": key,
    }
    await producer.send(
        CALENDAR_ENTRIES.name, to_json(written), key=key, headers=list((headers | about).items())
    )
