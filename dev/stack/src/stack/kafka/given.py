"""A Kafka somebody else runs."""

from stack.errors import StackError
from stack.kafka.broker import KafkaBroker
from stack.program import Program


class GivenKafka(KafkaBroker):
    """The cluster named by `ENTENTE_KAFKA_BOOTSTRAP`. Topics made on it stay."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers

    @property
    def bootstrap_servers(self) -> str:
        """The address as given."""
        return self._bootstrap_servers

    @property
    def program(self) -> Program | None:
        """None: not ours to break."""
        return None

    async def start(self) -> None:
        """Check that the cluster answers."""
        missing = await self.missing()
        if missing:
            raise StackError(missing)

    async def stop(self) -> None:
        """Nothing to stop."""
