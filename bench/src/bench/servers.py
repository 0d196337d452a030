"""The databases and topics that the messaging suites work on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from entente_contracts import Topic
from journal import tables
from messaging.broker import build_producer
from messaging.clients import KafkaProducer
from messaging.database import build_engine, connect
from messaging.settings import KafkaSettings, PostgresSettings
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from stack.kafka.broker import KafkaBroker
from stack.stack import Stack

RUN = uuid4().hex[:8]
"""Part of every name, so that a given server's other contents stay apart."""

GROUP = "bench"
"""The consumer group of every arm; each has a topic of its own."""


async def new_topic(kafka: KafkaBroker, name: str) -> Topic:
    """Make a topic as services' topics are made."""
    topic = Topic(name=f"bench.{RUN}.{name}", key="note id", cleanup="compact")
    await kafka.create_topics([topic])
    return topic


def kafka_settings(kafka: KafkaBroker) -> KafkaSettings:
    """Return how a service would reach the broker."""
    return KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)


@asynccontextmanager
async def journal_database(stack: Stack, name: str) -> AsyncGenerator[PostgresSettings]:
    """Yield a fresh database with the journal's tables; drop it afterwards."""
    postgres = await stack.start_postgres()
    database = f"bench_{RUN}_{name}"
    settings = PostgresSettings(dsn=SecretStr(await postgres.create_database(database)))
    try:
        async with engine(settings) as connections:
            await tables.create(connections)
        yield settings
    finally:
        await postgres.drop_database(database)


@asynccontextmanager
async def engine(settings: PostgresSettings) -> AsyncGenerator[AsyncEngine]:
    """Yield the engine a service would have."""
    made = build_engine(settings, application_name="bench")
    try:
        yield made
    finally:
        await made.dispose()


@asynccontextmanager
async def connection(settings: PostgresSettings) -> AsyncGenerator[Any]:
    """Yield a bare connection of the driver."""
    made = await connect(settings, application_name="bench")
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def producer(settings: KafkaSettings) -> AsyncGenerator[KafkaProducer]:
    """Yield a producer as services have it."""
    made = build_producer(settings, client_id="bench")
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
