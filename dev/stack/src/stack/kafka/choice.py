"""Which Kafka to run: given, in a container when asked for, Apache's, in-memory."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from stack.errors import StackError, StartFailed
from stack.kafka.apache import RELEASE, ApacheKafka
from stack.kafka.broker import KafkaBroker
from stack.kafka.given import GivenKafka
from stack.kafka.java import Java, find_java
from stack.kafka.memory import InMemoryKafka
from stack.maven import Maven
from stack.settings import StackSettings
from stack.workspace import Workspace

_MEMORY_NOTICE = (
    "Kafka is librdkafka's in-memory broker, because {reason}: each group may have one consumer,"
    " and nothing is kept when it stops"
)


async def choose_kafka(
    settings: StackSettings, workspace: Workspace, announce: Callable[[str], None]
) -> KafkaBroker:
    """Return a broker to start; announce when it is not a real one, and why."""
    if settings.given_kafka:
        return GivenKafka(settings.given_kafka)
    if settings.containers:
        from stack.kafka.container import ContainerKafka  # noqa: PLC0415 - an extra

        return ContainerKafka(
            workspace,
            port=settings.ports.get("kafka"),
            advertised_port=settings.kafka_advertised_port,
        )
    if settings.kafka_choice == "memory":
        return InMemoryKafka(workspace)
    try:
        java, libraries = await _parts_of_apache(workspace)
    except StackError as error:
        if settings.kafka_choice == "apache":
            raise
        reason = f"{error.name} {error.reason}" if isinstance(error, StartFailed) else str(error)
        announce(_MEMORY_NOTICE.format(reason=reason))
        return InMemoryKafka(workspace)
    return ApacheKafka(
        workspace,
        java=java,
        libraries=libraries,
        port=settings.ports.get("kafka"),
        advertised_port=settings.kafka_advertised_port,
        outside=settings.outside,
    )


async def _parts_of_apache(workspace: Workspace) -> tuple[Java, Path]:
    java = await asyncio.to_thread(find_java)
    if java is None:
        raise StackError("there is no Java 17 or newer on the path")
    if not Maven.available():
        raise StackError("there is no mvn on the path")
    return java, await Maven(workspace).libraries("kafka", RELEASE)
