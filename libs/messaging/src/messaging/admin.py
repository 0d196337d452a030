"""Topics: made by the operator's command, checked by every service at its start."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from entente_contracts import Topic

from messaging.broker import build_admin
from messaging.settings import KafkaSettings
from messaging.startup import StartupError


async def connect_admin(settings: KafkaSettings, *, client_id: str) -> AIOKafkaAdminClient:
    """Return a started admin client once the cluster answers.

    Raises StartupError, naming the address, when it does not within the start-up time.
    """
    admin = build_admin(settings, client_id=client_id)
    try:
        async with asyncio.timeout(settings.startup_timeout_seconds):
            await _start(admin)
    except TimeoutError as error:
        await admin.close()
        raise StartupError(
            f"Kafka at {settings.bootstrap_servers} did not answer"
            f" within {settings.startup_timeout_seconds:g} s"
        ) from error
    return admin


async def _start(admin: AIOKafkaAdminClient) -> None:
    while True:
        try:
            await admin.start()
            if (await admin.describe_cluster())["brokers"]:
                return
        except KafkaError:
            pass
        await asyncio.sleep(0.2)


async def create_topics(
    admin: AIOKafkaAdminClient, topics: Iterable[Topic], *, replication_factor: int = 1
) -> list[str]:
    """Make the topics that do not exist yet; return the names of those made."""
    present = set(await admin.list_topics())
    wanted = [topic for topic in topics if topic.name not in present]
    if not wanted:
        return []
    response: Any = await admin.create_topics(
        [
            NewTopic(
                name=topic.name,
                num_partitions=topic.partitions,
                replication_factor=replication_factor,
                topic_configs=topic.configs(),
            )
            for topic in wanted
        ]
    )
    return list(_created(response.topic_errors))


def _created(errors: Sequence[tuple[Any, ...]]) -> Iterable[str]:
    for name, code, *_ in errors:
        error = for_code(code)
        if error is TopicAlreadyExistsError:
            continue
        if code != 0:
            raise error(f"topic {name}")
        yield str(name)


async def require_topics(admin: AIOKafkaAdminClient, names: Collection[str]) -> None:
    """Raise StartupError naming the topics that do not exist."""
    missing = sorted(set(names) - set(await admin.list_topics()))
    if missing:
        raise StartupError(
            f"topics missing: {', '.join(missing)}; make them with `entente topics create`"
        )
