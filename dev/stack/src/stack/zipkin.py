"""Zipkin, to look at traces: a server with a page, its spans in memory."""

import asyncio
from collections.abc import Mapping

from stack.component import Breakable
from stack.errors import StackError
from stack.kafka.java import find_java
from stack.maven import Artifact, Maven
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.workspace import Workspace

_SERVER = Artifact("io.zipkin", "zipkin-server", "3.5.1", classifier="exec")


class Zipkin(Breakable):
    """Takes spans in Zipkin's v2 format at `spans_url`; it does not understand OTLP."""

    def __init__(self, workspace: Workspace, *, port: int | None = None) -> None:
        self._workspace = workspace
        self._port = choose_port(port, purpose="Zipkin")
        self.page_url = f"http://{HOST}:{self._port}/zipkin/"
        self.spans_url = f"http://{HOST}:{self._port}/api/v2/spans"
        self._program: Program | None = None

    @property
    def addresses(self) -> Mapping[str, str]:
        """The page."""
        return {"Traces": self.page_url}

    @property
    def program(self) -> Program | None:
        """The Java process, once started."""
        return self._program

    async def start(self) -> None:
        """Fetch the server at the first start (131 MB, kept); return when it is healthy."""
        if self._program is None:
            self._program = await self._prepare()
        await self._program.start()

    async def stop(self) -> None:
        """Stop; its spans are gone."""
        if self._program:
            await self._program.stop()

    async def _prepare(self) -> Program:
        java = await asyncio.to_thread(find_java)
        if java is None or not Maven.available():
            raise StackError("traces need Java 17 or newer and mvn on the path")
        libraries = await Maven(self._workspace).libraries("zipkin", (_SERVER,))
        (server,) = libraries.glob("*.jar")
        listener = {"ip": HOST, "port": self._port, "protocols": "http"}
        return Program(
            name="zipkin",
            command=Command(
                arguments=(
                    *(java.program, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-jar", str(server)),
                    *(f"--armeria.ports[0].{name}={value}" for name, value in listener.items()),
                ),
                directory=self._workspace.directory("zipkin"),
            ),
            workspace=self._workspace,
            ready=answers_http(f"http://{HOST}:{self._port}/health"),
            start_timeout=120,
        )
