"""Apache Kafka on this machine's Java: one node that is broker and controller (KRaft)."""

from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from stack.errors import StackError
from stack.kafka.broker import KafkaBroker
from stack.kafka.java import ClassArchive, Java
from stack.kafka.properties import OneNode
from stack.kafka.secure import SecureListener
from stack.maven import Artifact
from stack.outside import Outside
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.workspace import Workspace

RELEASE = (
    Artifact("org.apache.kafka", "kafka_2.13", "4.3.1"),
    # Without a binding for slf4j the broker would be mute, also about why it does not start.
    Artifact("org.apache.logging.log4j", "log4j-slf4j-impl", "2.25.4"),
)

# The quick compiler alone: a broker that runs for minutes never earns back the other one's work.
_JVM_OPTIONS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

_LOGGING = """\
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1}: %m%n%throwable{12}
"""


class ApacheKafka(KafkaBroker):
    """A broker on 127.0.0.1 whose data live in the workspace and survive `kill`.

    `libraries` is a directory with the jars of RELEASE.
    `advertised_port` is what clients are told to connect to after the first contact: the port of
    a fault proxy that stands in front of this broker; None means the broker's own. `outside` is a
    second address, with SASL_SSL alone.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        java: Java,
        libraries: Path,
        port: int | None = None,
        advertised_port: int | None = None,
        outside: Outside | None = None,
    ) -> None:
        self._workspace = workspace
        self._java = java
        self._libraries = libraries
        self._port = choose_port(port, purpose="Kafka")
        self._controller_port = choose_port(None, purpose="Kafka's controller")
        self._advertised_port = advertised_port or self._port
        self._secure = SecureListener.on(outside) if outside else None
        self._program: Program | None = None
        self._classes: ClassArchive | None = None

    @property
    def bootstrap_servers(self) -> str:
        """The broker's address, the same after each start."""
        return f"{HOST}:{self._port}"

    @property
    def outside(self) -> str:
        """Where clients elsewhere begin, `host:port`, with SASL_SSL."""
        if self._secure is None:
            raise StackError("this Kafka listens on loopback only")
        return self._secure.advertised

    @property
    def program(self) -> Program | None:
        """The Java process, once started."""
        return self._program

    async def start(self) -> None:
        """Format the storage at the first start; return when the broker is registered."""
        if self._program is None:
            self._program = await self._prepare()
        await self._program.start()

    async def stop(self) -> None:
        """Stop in order."""
        if self._program:
            await self._program.stop()
        if self._classes:
            self._classes.keep()

    async def _prepare(self) -> Program:
        home = self._workspace.directory("kafka")
        properties = home / "server.properties"
        properties.write_text("".join(f"{k}={v}\n" for k, v in self._properties(home).items()))
        (home / "log4j2.properties").write_text(_LOGGING)
        classes = ClassArchive.beside(self._libraries, self._java, writer=self._workspace.path.name)
        java = (
            *(self._java.program, *_JVM_OPTIONS, "-cp", f"{self._libraries}/*"),
            f"-Dlog4j2.configurationFile={home}/log4j2.properties",
        )
        accounts = self._secure.new_accounts if self._secure else ()
        tool = ("kafka.tools.StorageTool", "format", "-t", str(uuid4()), "-c", str(properties))
        await Program(
            name="kafka-format",
            command=Command(arguments=(*java, *tool, *accounts), directory=home),
            workspace=self._workspace,
            shown=False,
        ).complete()
        self._classes = classes
        return Program(
            name="kafka",
            command=Command(
                arguments=(*java, *classes.options, "kafka.Kafka", str(properties)),
                directory=home,
            ),
            workspace=self._workspace,
            ready=self._answers,
            start_timeout=120,  # two processor seconds, but on a machine that may be busy
            grace=60,  # the first stop of all writes the class archive
        )

    async def _answers(self, _program: Program) -> str | None:
        return await self.missing()

    def _properties(self, home: Path) -> Mapping[str, object]:
        node = OneNode(
            clients=self.bootstrap_servers,
            advertised=f"{HOST}:{self._advertised_port}",
            controller=f"{HOST}:{self._controller_port}",
            data=str(home / "data"),
        )
        properties = node.properties()
        return self._secure.added_to(properties) if self._secure else properties
