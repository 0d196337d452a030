"""What every Kafka of the stack can do, wherever it runs."""

import asyncio
from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping

from aiokafka.errors import GroupCoordinatorNotAvailableError
from entente_contracts import Topic
from messaging.admin import create_topics

from stack.component import Breakable
from stack.kafka.connection import admin, lists_a_broker

_PATIENCE_SECONDS = 30
_LOOK_EVERY_SECONDS = 0.1


class KafkaBroker(Breakable):
    """A Kafka cluster of one broker, or one that was given to us."""

    @property
    @abstractmethod
    def bootstrap_servers(self) -> str:
        """Where clients begin, `host:port`."""

    @property
    def real(self) -> bool:
        """Whether it keeps records and balances groups as Kafka does."""
        return True

    @property
    def addresses(self) -> Mapping[str, str]:
        """The bootstrap servers."""
        return {"Kafka": self.bootstrap_servers}

    async def missing(self) -> str | None:
        """Return None when clients can work with it, else what they would run into."""
        return await lists_a_broker(self.bootstrap_servers)

    async def create_topics(self, topics: Iterable[Topic]) -> None:
        """Make those of the topics that do not exist."""
        async with admin(self.bootstrap_servers) as client:
            await create_topics(client, topics)

    async def coordinate_groups(self) -> None:
        """Have the topic made that Kafka keeps groups in: the first consumer complains without."""
        async with asyncio.timeout(_PATIENCE_SECONDS), admin(self.bootstrap_servers) as client:
            while True:
                try:
                    await client.find_coordinator("entente-stack")
                except GroupCoordinatorNotAvailableError:
                    await asyncio.sleep(_LOOK_EVERY_SECONDS)
                else:
                    return

    async def delete_topics(self, names: Collection[str]) -> None:
        """Remove topics with all records."""
        async with admin(self.bootstrap_servers) as client:
            await client.delete_topics(list(names))

    async def topics(self) -> set[str]:
        """Return the names of all topics, without Kafka's own."""
        async with admin(self.bootstrap_servers) as client:
            return {name for name in await client.list_topics() if not name.startswith("__")}
