"""docker-compose.yml under a name and on ports of its own."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from composition import FILE, IMAGES_MADE_HERE, ROOT
from engine import compose_command, inspect, run
from stack.ports import choose_port

_LISTENING = ("booking", "connector", "availability", "issuer", "mail", "caldav")


@dataclass(frozen=True)
class Compose:
    """A project; `ports` are those on 127.0.0.1, by the middle of their variables' names."""

    project: str
    command: tuple[str, ...]
    ports: Mapping[str, int]
    secrets: Path

    async def run(self, *arguments: str) -> str:
        """Return what Compose says."""
        named = ("--file", str(FILE), "--project-name", self.project)
        return await run(*self.command, *named, *arguments, environment=self._environment)

    async def containers(self) -> Mapping[str, Any]:
        """Return what the engine knows of each container, by the service's name."""
        found = await inspect(*await self.left("container", "--all"))
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in found}

    async def left(self, kind: str, *arguments: str) -> list[str]:
        """Return the ids of the project's containers, volumes or networks."""
        label = f"label=com.docker.compose.project={self.project}"
        return (
            await run("docker", kind, "ls", *arguments, "--quiet", "--filter", label)
        ).splitlines()

    def url(self, name: str) -> str:
        """Return where something listens on this machine."""
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def _environment(self) -> Mapping[str, str]:
        ports = {f"ENTENTE_{n.upper()}_PORT": str(port) for n, port in self.ports.items()}
        secrets = {"ENTENTE_SECRETS": str(self.secrets)}
        return {**IMAGES_MADE_HERE, **os.environ, **ports, **secrets}


async def make_secrets(folder: Path) -> None:
    """Make the secrets' files as a person does."""
    await run(str(ROOT / "deploy" / "compose" / "make-secrets"), str(folder))


@asynccontextmanager
async def running(secrets: Path) -> AsyncGenerator[Compose]:
    """Yield a project with secrets made in this folder; remove all of it, whatever happens."""
    await make_secrets(secrets)
    ports = {name: choose_port(None, purpose=name) for name in _LISTENING}
    project = f"entente-test-{uuid4().hex[:8]}"
    compose = Compose(project, await compose_command(), ports, secrets)
    try:
        yield compose
    finally:
        await compose.run("down", "--volumes", "--remove-orphans")
