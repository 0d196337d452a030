"""The Kubernetes cluster of a test run: given, or made and ended by a tool.

`KUBECONFIG` names a cluster that is there. Without it, `ENTENTE_CLUSTER` is a command that makes
one: `up` (prints the kubeconfig's path last), `path` (the folder of its kubectl and helm),
`load IMAGE…` (from the Docker engine into the nodes) and `down`. With both, the tool only loads.
"""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE_SECONDS = 300.0
_LOOK_EVERY_SECONDS = 0.5


class CommandError(Exception):
    """A command ended with another exit code than 0, or not in time; has all that it said."""


@dataclass(frozen=True)
class Cluster:
    """Commands on a cluster; `programs` is a folder for the PATH, `tool` loads images."""

    kubeconfig: str
    programs: str = ""
    tool: str = ""

    async def run(
        self,
        *command: str,
        given: str = "",
        folder: Path | None = None,
        variables: Mapping[str, str] | None = None,
        within: float = _PATIENCE_SECONDS,
    ) -> str:
        """Return what a command prints; raises CommandError."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env={**self.environment, **(variables or {})},
        )
        try:
            async with asyncio.timeout(within):
                said, complained = await process.communicate(given.encode())
        except TimeoutError as error:
            raise CommandError(f"{command}: not within {within:g} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise CommandError(f"{command}\n{said.decode()}{complained.decode()}")
        return said.decode()

    @property
    def environment(self) -> Mapping[str, str]:
        """What kubectl and helm need to find the cluster, and to be found."""
        path = f"{self.programs}:{os.environ['PATH']}" if self.programs else os.environ["PATH"]
        return {**os.environ, "PATH": path, "KUBECONFIG": self.kubeconfig}

    async def shell(self, script: str, **options: Any) -> str:
        """Run lines of a page as a person would, ending at the first that fails."""
        return await self.run("bash", "-euo", "pipefail", "-c", script, **options)

    async def kubectl(self, *arguments: str, **options: Any) -> str:
        """Run kubectl."""
        return await self.run("kubectl", *arguments, **options)

    async def get(self, *arguments: str) -> Any:
        """Return objects as kubectl has them."""
        return json.loads(await self.kubectl("get", *arguments, "--output", "json"))

    async def apply(self, *manifests: Mapping[str, Any]) -> None:
        """Make objects, or change them."""
        everything = {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
        await self.kubectl("apply", "--filename", "-", given=json.dumps(everything))

    async def load(self, *images: str) -> None:
        """Bring images into the nodes, where there is a tool for it."""
        if self.tool:
            await self.run(self.tool, "load", *images)

    async def node_address(self) -> str:
        """Return where a node can be reached."""
        (node, *_) = (await self.get("nodes"))["items"]
        return next(a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP")


@asynccontextmanager
async def the_cluster() -> AsyncGenerator[Cluster]:
    """Yield the cluster of this run; one that was made for it is ended, whatever happens."""
    tool = os.environ.get("ENTENTE_CLUSTER", "")
    if kubeconfig := os.environ.get("KUBECONFIG"):
        yield Cluster(kubeconfig, tool=tool)
        return
    made = Cluster("", tool=tool)
    programs = (await made.run(tool, "path")).strip()
    try:
        kubeconfig = (await made.run(tool, "up", within=1800)).strip().splitlines()[-1]
        yield Cluster(kubeconfig, programs, tool)
    finally:
        await made.run(tool, "down")
