"""PostgreSQL and Kafka in containers, for those who ask with `ENTENTE_STACK=containers`.

Needs a Docker engine and the extra `entente-stack[containers]`. The images can be replaced with
`ENTENTE_POSTGRES_IMAGE` and `ENTENTE_KAFKA_IMAGE`.
"""

import asyncio
import os
from typing import TypeVar

from docker.errors import DockerException
from testcontainers.community.kafka import KafkaContainer
from testcontainers.community.postgres import PostgresContainer

from stack.errors import StackError
from stack.kafka.broker import KafkaBroker
from stack.postgres.server import PostgresServer
from stack.program import Program

T = TypeVar("T")


class ContainerPostgres(PostgresServer):
    """A PostgreSQL container."""

    def __init__(self) -> None:
        self._image = os.environ.get("ENTENTE_POSTGRES_IMAGE", "postgres:18")
        self._container: PostgresContainer | None = None

    @property
    def admin_dsn(self) -> str:
        """The address at which the engine publishes the server."""
        return _running(self._container).get_connection_url()

    @property
    def program(self) -> Program | None:
        """None: the engine's, not ours."""
        return None

    async def start(self) -> None:
        """Pull the image if need be, start, wait until ready."""
        try:
            self._container = PostgresContainer(self._image, driver=None)
            await asyncio.to_thread(self._container.start)
        except DockerException as error:
            raise StackError(f"no PostgreSQL container: {error}") from error

    async def stop(self) -> None:
        """Remove the container with its data."""
        if self._container:
            await asyncio.to_thread(self._container.stop)


class ContainerKafka(KafkaBroker):
    """A Kafka container, one node."""

    def __init__(self) -> None:
        self._image = os.environ.get("ENTENTE_KAFKA_IMAGE", "confluentinc/cp-kafka:8.1.0")
        self._container: KafkaContainer | None = None

    @property
    def bootstrap_servers(self) -> str:
        """The address at which the engine publishes the broker."""
        return _running(self._container).get_bootstrap_server()

    @property
    def program(self) -> Program | None:
        """None: the engine's, not ours."""
        return None

    async def start(self) -> None:
        """Pull the image if need be, start, wait until ready."""
        try:
            self._container = KafkaContainer(self._image).with_kraft()
            await asyncio.to_thread(self._container.start)
        except DockerException as error:
            raise StackError(f"no Kafka container: {error}") from error

    async def stop(self) -> None:
        """Remove the container with its data."""
        if self._container:
            await asyncio.to_thread(self._container.stop)


def _running(container: T | None) -> T:
    if container is None:
        raise StackError("the container was not started")
    return container
