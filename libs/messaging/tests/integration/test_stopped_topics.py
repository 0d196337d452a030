"""A topic that cannot be sent to keeps its rows, and no others."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, suppress
from typing import Any, cast

import pytest
import pytest_asyncio
from aiokafka.errors import TopicAuthorizationFailedError
from journal.lab.eventually import eventually
from messaging.clients import KafkaProducer
from messaging.database import build_engine, connect
from messaging.relay import OutboxRelay
from messaging.settings import PostgresSettings
from messaging.tables import create
from pydantic import SecretStr

pytestmark = pytest.mark.integration

# More than the relay takes at once.
MANY = 5_000

WRITE = """
INSERT INTO outbox (event_id, topic, key, headers, payload)
SELECT gen_random_uuid(), $1, (number % 7)::text, '{}', convert_to(number::text, 'utf-8')
FROM generate_series(1, $2) AS number
"""


class Kafka:
    """Takes every record, but those of the topic `bad` only once it is mended."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.mended = asyncio.Event()
        self.sent: dict[str, list[tuple[bytes, int]]] = {"bad": [], "good": []}

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(
        self, topic: str, value: bytes, *, key: bytes, headers: Any
    ) -> asyncio.Future[Any]:
        del headers
        if topic == "bad" and not self.mended.is_set():
            if self.fault == "unauthorized":
                raise TopicAuthorizationFailedError(topic)
            if self.fault == "gone":
                await self.mended.wait()
        self.sent[topic].append((key, int(value)))
        return asyncio.ensure_future(self._acknowledge(topic))

    async def _acknowledge(self, topic: str) -> None:
        if topic == "bad":
            await self.mended.wait()


@pytest_asyncio.fixture
async def connection(database: str) -> AsyncGenerator[Any]:
    made = await connect(PostgresSettings(dsn=SecretStr(database)), application_name="test")
    await create(made.execute)
    yield made
    await made.close()


@pytest.mark.parametrize("fault", ["unauthorized", "gone", "leaderless"])
async def test_rows_behind_those_of_a_topic_that_cannot_be_sent_to_get_through(
    database: str, connection: Any, fault: str
) -> None:
    async def waiting() -> Counter[str]:
        rows = await connection.fetch("SELECT topic FROM outbox")
        return Counter(row["topic"] for row in rows)

    kafka = Kafka(fault)
    settings = PostgresSettings(dsn=SecretStr(database))
    await connection.execute(WRITE, "bad", MANY)
    await connection.execute(WRITE, "good", MANY)
    async with AsyncExitStack() as parts:
        engine = build_engine(settings, application_name="relay")
        parts.push_async_callback(engine.dispose)
        relay = OutboxRelay(engine, settings, lambda: cast("KafkaProducer", kafka))
        task = asyncio.create_task(relay.run())
        parts.push_async_callback(_cancelled, task)

        await eventually(waiting, lambda seen: seen == {"bad": MANY})
        await connection.execute(WRITE, "good", 1)
        await eventually(waiting, lambda seen: seen == {"bad": MANY})
        kafka.mended.set()
        await eventually(waiting, lambda seen: not seen)

    in_order = [(str(number % 7).encode(), number) for number in range(1, MANY + 1)]
    assert kafka.sent == {"bad": in_order, "good": [*in_order, (b"1", 1)]}


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
