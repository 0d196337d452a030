"""The page's consumer follows a real broker."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer  # noqa: TID251 - stands for a producer that is not ours
from entente_contracts import Envelope, examples, topics, uuid7
from entente_contracts.conformance import records
from stack.kafka.broker import KafkaBroker

pytestmark = pytest.mark.integration

Headers = list[tuple[str, bytes]]
Send = Callable[[Headers, bytes | None], Awaitable[None]]
Row = tuple[object, ...]

TOPIC = topics.BOOKING_EVENTS
CONFIRMED = examples.every("entente.booking.confirmed.v1")[-1]
STARTS_AT = "2026-12-02T10:00:00+00:00"


@pytest.fixture
async def send(kafka: KafkaBroker) -> AsyncGenerator[Send]:
    """Return a function that puts a record of the example's booking on the topic."""
    await kafka.create_topics([TOPIC])
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all")
    await producer.start()

    async def put(headers: Headers, value: bytes | None) -> None:
        await producer.send_and_wait(TOPIC.name, value, key=CONFIRMED.key, headers=headers)  # pyright: ignore[reportUnknownMemberType] - aiokafka has no types

    yield put
    await producer.stop()


def meeting(database: Path) -> Row | None:
    with closing(sqlite3.connect(database, timeout=5)) as rows:
        try:
            found = rows.execute(
                "SELECT version, status, starts_at FROM meeting WHERE booking_id = ?",
                [CONFIRMED.key.decode()],
            )
        except sqlite3.OperationalError:  # the consumer has not made its table yet
            return None
        return found.fetchone()


async def expect(database: Path, wanted: Row) -> None:
    found = None
    for _ in range(600):
        found = await asyncio.to_thread(meeting, database)
        if found == wanted:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"the consumer's table holds {found}, not {wanted}")


async def test_the_pages_consumer_follows_the_topic(
    kafka: KafkaBroker, send: Send, subscriber: Path
) -> None:
    database = subscriber / "meetings.db"
    await send(CONFIRMED.headers, b'{"tenant_id": "a secret"}')
    await send([], CONFIRMED.value)
    for _ in range(2):
        await send(CONFIRMED.headers, CONFIRMED.value)
    consumer = await asyncio.create_subprocess_exec(
        sys.executable,
        "consumer.py",
        cwd=subscriber,
        env=os.environ | {"ENTENTE_KAFKA_BOOTSTRAP": kafka.bootstrap_servers},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await expect(database, (3, "confirmed", STARTS_AT))
        for record in records(TOPIC.name):
            await send(record.headers, record.value)
        await expect(database, (5, None, None))  # the end of the cancelled booking is the newest
        again = replace(Envelope.from_headers(CONFIRMED.headers), id=uuid7(), aggregate_version=6)
        await send(again.to_headers(), CONFIRMED.value)
        await expect(database, (6, "confirmed", STARTS_AT))
    finally:
        if consumer.returncode is None:
            consumer.terminate()
        _, said = await consumer.communicate()
    asides = [line for line in said.decode().splitlines() if line.startswith("put aside")]
    assert len(asides) == 2, said.decode()
    assert "'booking'" in asides[0]
    assert "ce_specversion is missing" in asides[1]
    assert b"a secret" not in said
