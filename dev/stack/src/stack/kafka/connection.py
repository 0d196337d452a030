"""Talk to a broker's admin API."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

_LOOK_SECONDS = 3


@asynccontextmanager
async def admin(bootstrap_servers: str) -> AsyncGenerator[AIOKafkaAdminClient]:
    """Connect an admin client for the length of the block."""
    client = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap_servers, client_id="entente-stack", request_timeout_ms=15_000
    )
    try:
        await client.start()
        yield client
    finally:
        await client.close()


async def lists_a_broker(bootstrap_servers: str) -> str | None:
    """Return None when the cluster lists a broker, else why not.

    An accepted connection is too early: the broker registers with the controller after it listens.
    """
    try:
        with _quiet():
            async with asyncio.timeout(_LOOK_SECONDS), admin(bootstrap_servers) as client:
                cluster = await client.describe_cluster()
    except TimeoutError:
        return f"Kafka at {bootstrap_servers} does not answer within {_LOOK_SECONDS} s"
    except (KafkaError, OSError) as error:
        return f"Kafka at {bootstrap_servers}: {error}"
    return None if cluster["brokers"] else f"Kafka at {bootstrap_servers} lists no broker"


@contextmanager
def _quiet() -> Generator[None]:
    """Keep aiokafka from logging every refused connection while it is expected."""
    logger = logging.getLogger("aiokafka")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
