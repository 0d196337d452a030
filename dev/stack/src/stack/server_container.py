"""A server in a container of this machine's Docker engine. Needs `entente-stack[containers]`."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.errors import DockerException, ImageNotFound
from docker.models.containers import Container
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from stack.component import Breakable
from stack.errors import StackError
from stack.ports import HOST
from stack.program import Program
from stack.workspace import Workspace

OWNER = "entente.stack.workspace"
"""The label of each container: the workspace of the stack that made it."""
_START_SECONDS = 120
_STOP_SECONDS = 30
_LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class ServerImage:
    """The image that a variable names; else one made here, if it is there, or else a public one."""

    variable: str
    made_here: str
    public: str


class ServerContainer:
    """A container that listens on one port, the same inside and on 127.0.0.1, over all its starts.

    `ready` looks once, as that of a program does. A stack that crashed leaves its containers to the
    next one, which knows them by their owner's workspace.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        image: ServerImage,
        port: int,
        command: list[str] | None,
        environment: Mapping[str, str],
        ready: Callable[[], Awaitable[str | None]],
    ) -> None:
        self._workspace = workspace
        self._image = image
        self._port = port
        self._command = command
        self._environment = environment
        self._ready = ready
        self._made: Container | None = None

    async def start(self) -> None:
        """Start it, made anew or as it was left; return when it is ready."""
        with self._engine():
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
            await asyncio.to_thread(self._made.start)
        deadline = time.monotonic() + _START_SECONDS
        while missing := await self._ready():
            await self._require_running(self._made)
            if time.monotonic() > deadline:
                raise StackError(f"{missing}; its container is not ready in {_START_SECONDS} s")
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def stop(self) -> None:
        """Let it end in order; its data stay."""
        if self._made:
            with self._engine():
                await asyncio.to_thread(self._made.stop, timeout=_STOP_SECONDS)

    async def kill(self, signal: str = "SIGKILL") -> None:
        """Send it a signal that ends it, and wait for its end."""
        with self._engine():
            await asyncio.to_thread(self._running.kill, signal)
            await asyncio.to_thread(self._running.wait)

    def pause(self) -> None:
        """Keep it from running; connections stay open."""
        with self._engine():
            self._running.pause()

    def resume(self) -> None:
        """Let it go on after `pause`."""
        with self._engine():
            self._running.unpause()

    async def discard(self) -> None:
        """Remove it with its data."""
        if self._made:
            with self._engine():
                await asyncio.to_thread(self._made.remove, force=True, v=True)
            self._made = None

    @property
    def _running(self) -> Container:
        if self._made is None:
            raise StackError("the container was not started")
        return self._made

    def _make(self) -> Container:
        # Its helper would be one more image; containers of crashed stacks are found by their owner.
        testcontainers_config.ryuk_disabled = True
        wanted = DockerContainer("to be chosen", labels={OWNER: str(self._workspace.path)})
        client = wanted.get_docker_client()
        engine: Any = client.client  # docker has no types
        _remove_left_over(engine)
        return client.create(
            _chosen(engine, self._image),
            command=self._command,
            environment=dict(self._environment),
            ports={f"{self._port}/tcp": (HOST, self._port)},
            labels={OWNER: str(self._workspace.path)},
        )

    async def _require_running(self, made: Container) -> None:
        await asyncio.to_thread(made.reload)
        if made.status not in {"created", "running"}:
            logs = (await asyncio.to_thread(made.logs, tail=20)).decode()
            raise StackError(f"the container of {self._image.made_here} is {made.status}:\n{logs}")

    @contextmanager
    def _engine(self) -> Generator[None]:
        try:
            yield
        except DockerException as error:
            raise StackError(f"no container of {self._image.made_here}: {error}") from error


class InContainer(Breakable):
    """A server of the stack whose container can be broken as an own process can."""

    def __init__(self, container: ServerContainer) -> None:
        self._container = container

    @property
    def program(self) -> Program | None:
        """None: the engine's."""
        return None

    async def start(self) -> None:
        """Pull the image if need be; return when the server answers."""
        await self._container.start()

    async def stop(self) -> None:
        """Stop in order."""
        await self._container.stop()

    async def discard(self) -> None:
        """Remove the container with its data."""
        await self._container.discard()

    async def kill(self) -> None:
        """SIGKILL all of it: a crash. `start` brings it back."""
        await self._container.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing answers."""
        self._container.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._container.resume()


def _chosen(engine: Any, image: ServerImage) -> str:
    if named := os.environ.get(image.variable):
        return named
    try:
        engine.images.get(image.made_here)
    except ImageNotFound:
        return image.public
    return image.made_here


def _remove_left_over(engine: Any) -> None:
    """Remove the containers of stacks whose workspace has been cleaned up."""
    for container in engine.containers.list(all=True, filters={"label": OWNER}):
        if not Path(container.labels[OWNER]).exists():
            container.remove(force=True, v=True)
