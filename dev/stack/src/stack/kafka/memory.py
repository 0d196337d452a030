"""librdkafka's in-memory broker: for machines without Java."""

import sys
from collections.abc import Iterable

from entente_contracts import Topic

from stack.errors import StackError
from stack.kafka import memory_server
from stack.kafka.broker import KafkaBroker
from stack.kafka.connection import admin
from stack.program import Command, Program
from stack.readiness import says
from stack.workspace import Workspace


class InMemoryKafka(KafkaBroker):
    """Enough for a look around: keeps nothing, one consumer per group, a new port at each start.

    Topics have four partitions and spring up when named; their configuration is ignored.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._program = Program(
            name="kafka",
            command=Command(arguments=(sys.executable, "-m", memory_server.__name__)),
            workspace=workspace,
            ready=says(memory_server.ANNOUNCEMENT),
        )

    @property
    def bootstrap_servers(self) -> str:
        """The address of the present run."""
        found = self._program.find(memory_server.ANNOUNCEMENT)
        if found is None:
            raise StackError("the in-memory Kafka is not running")
        return found[1]

    @property
    def real(self) -> bool:
        """False: see the class."""
        return False

    @property
    def program(self) -> Program | None:
        """The process that holds the broker."""
        return self._program

    async def start(self) -> None:
        """Start, empty."""
        await self._program.start()

    async def stop(self) -> None:
        """Stop; everything is gone."""
        await self._program.stop()

    async def create_topics(self, topics: Iterable[Topic]) -> None:
        """Name the topics, which makes them."""
        async with admin(self.bootstrap_servers) as client:
            await client.describe_topics([topic.name for topic in topics])
