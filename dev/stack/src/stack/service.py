"""One of Entente's services as a process of the stack."""

from collections.abc import Mapping
from pathlib import Path

from stack.component import Breakable
from stack.ports import HOST
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.services import Addresses, ServiceSpec
from stack.workspace import Workspace


class Service(Breakable):
    """A service on a port of 127.0.0.1, with a database that exists already."""

    def __init__(
        self, spec: ServiceSpec, workspace: Workspace, *, port: int, dsn: str, addresses: Addresses
    ) -> None:
        self._spec = spec
        self._workspace = workspace
        self.url = url_on(port)
        spans = workspace.spans / f"{spec.name}.jsonl"
        self._environment = _environment(spec, port, dsn, spans, addresses)
        self._program = Program(
            name=spec.name,
            command=self._command(spec.command),
            workspace=workspace,
            ready=answers_http(self.url + spec.ready_path),
        )

    @property
    def addresses(self) -> Mapping[str, str]:
        """The base URL."""
        return {self._spec.name: self.url}

    @property
    def program(self) -> Program:
        """The service's process."""
        return self._program

    async def prepare(self) -> None:
        """Run its preparations; raise StartFailed at the first that fails."""
        for number, command in enumerate(self._spec.prepare, start=1):
            await Program(
                name=f"{self._spec.name}-prepare-{number}",
                command=self._command(command),
                workspace=self._workspace,
            ).complete()

    async def start(self) -> None:
        """Start and return when ready."""
        await self._program.start()

    async def stop(self) -> None:
        """Let it finish what it is doing, then end."""
        await self._program.stop()

    def _command(self, arguments: tuple[str, ...]) -> Command:
        directory = self._workspace.directory(self._spec.name)
        return Command(arguments=arguments, environment=self._environment, directory=directory)


def url_on(port: int) -> str:
    """Return the base URL of a service on a port."""
    return f"http://{HOST}:{port}"


def _environment(
    spec: ServiceSpec, port: int, dsn: str, spans: Path, addresses: Addresses
) -> Mapping[str, str]:
    settings = {
        "KAFKA__BOOTSTRAP_SERVERS": addresses.kafka,
        "POSTGRES__DSN": dsn,
        "HTTP__HOST": HOST,
        "HTTP__PORT": str(port),
        "TELEMETRY__SPANS_PATH": str(spans),
    }
    if addresses.zipkin:
        settings["TELEMETRY__ZIPKIN_ENDPOINT"] = addresses.zipkin
    own = {f"{spec.name.upper()}__{name}": value for name, value in settings.items()}
    return {"PYTHONUNBUFFERED": "1", **own, **spec.environment(addresses)}
