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
from stack.postgres.given import GivenPostgres
from stack.postgres.server import PostgresServer
from stack.stack import Stack

RUN = uuid4().hex[:8]
"""Part of every name, so that a given server's other contents stay apart."""

POSTGRES_OPTIONS = {"shared_buffers": "1GB", "min_wal_size": "1GB", "max_wal_size": "1GB"}
"""A server of services has memory for what it is asked for, and room for its write-ahead log; the
defaults are 128 and 80 MB."""

_SEGMENTS = "SELECT count(*) FROM pg_ls_waldir()"
_WANTED_SEGMENTS = 64  # min_wal_size / 16 MB
_NEXT_SEGMENT = "SELECT pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()"

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


async def postgres(stack: Stack) -> PostgresServer:
    """Return PostgreSQL as it is after some hours at work; a given one is taken as it is.

    Its write-ahead log has used segments to write over. A new server makes each of them first, and
    every commit waits for that, 50 ms and more.
    """
    server = await stack.start_postgres()
    if not isinstance(server, GivenPostgres):
        settings = PostgresSettings(dsn=SecretStr(server.admin_dsn))
        async with connection(settings) as made:
            missing = _WANTED_SEGMENTS - await made.fetchval(_SEGMENTS)
            if missing > 0:
                for _ in range(missing):
                    await made.execute(_NEXT_SEGMENT)
                await made.execute("CHECKPOINT")
    return server


@asynccontextmanager
async def journal_database(stack: Stack, name: str) -> AsyncGenerator[PostgresSettings]:
    """Yield a fresh database with the journal's tables; drop it afterwards."""
    server = await postgres(stack)
    database = f"bench_{RUN}_{name}"
    settings = PostgresSettings(dsn=SecretStr(await server.create_database(database)))
    try:
        async with engine(settings) as connections:
            await tables.create(connections)
        yield settings
    finally:
        await server.drop_database(database)


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
