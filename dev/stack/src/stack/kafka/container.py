"""Kafka in a container."""

from stack.kafka.broker import KafkaBroker
from stack.kafka.properties import OneNode
from stack.ports import HOST, choose_port
from stack.server_container import InContainer, ServerContainer, ServerImage
from stack.workspace import Workspace

IMAGE = ServerImage(
    variable="ENTENTE_KAFKA_IMAGE",
    made_here="entente-local/kafka:4.3.1",
    public="apache/kafka:4.3.1",
)
_CLUSTER_ID = "ZW50ZW50ZS1zdGFjazEyMw"  # any 128 bits, in base64 for addresses
_CONTROLLER_PORT = 9093


class ContainerKafka(InContainer, KafkaBroker):
    """One node; `advertised_port` is what clients are told, if it is not the broker's own."""

    def __init__(
        self, workspace: Workspace, *, port: int | None = None, advertised_port: int | None = None
    ) -> None:
        self._port = choose_port(port, purpose="Kafka")
        node = OneNode(
            clients=f":{self._port}",
            advertised=f"{HOST}:{advertised_port or self._port}",
            controller=f"localhost:{_CONTROLLER_PORT}",
            data="/var/lib/kafka/data",
        )
        container = ServerContainer(
            workspace,
            image=IMAGE,
            port=self._port,
            command=None,
            environment={
                "CLUSTER_ID": _CLUSTER_ID,
                **{_variable(name): str(value) for name, value in node.properties().items()},
            },
            ready=self.missing,
        )
        super().__init__(container)

    @property
    def bootstrap_servers(self) -> str:
        """The broker's address, the same after each start."""
        return f"{HOST}:{self._port}"


def _variable(name: str) -> str:
    """Return what the image takes for a property: `KAFKA_NODE_ID` is `node.id`."""
    return f"KAFKA_{name.upper().replace('.', '_')}"
