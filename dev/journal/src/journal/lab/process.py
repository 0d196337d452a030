"""A journal as a process of its own, to be watched and broken from outside."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import accepts_tcp
from stack.service import url_on
from stack.workspace import Workspace

START_SECONDS = 60


class JournalProcess:
    """`python -m journal` on a free port of 127.0.0.1.

    `environment` is what the process is set up with besides its HTTP address.
    """

    def __init__(self, name: str, workspace: Workspace, environment: Mapping[str, str]) -> None:
        port = choose_port(None, purpose=name)
        self.url = url_on(port)
        self._failpoints = workspace.directory(f"{name}-failpoints") / "log"
        own = {
            "JOURNAL__HTTP__HOST": HOST,
            "JOURNAL__HTTP__PORT": str(port),
            "FAILPOINTS_LOG": str(self._failpoints),
            "PYTHONUNBUFFERED": "1",
        }
        self.program = Program(
            name=name,
            command=Command(
                arguments=(sys.executable, "-m", "journal"), environment={**own, **environment}
            ),
            workspace=workspace,
            ready=accepts_tcp(port),
            start_timeout=START_SECONDS,
        )

    @property
    def log(self) -> Path:
        """The file with all that it has written."""
        return self.program.log

    async def fired(self) -> list[str]:
        """Return the failpoints that have fired, in order, as `<name> <action>`."""
        if not self._failpoints.exists():
            return []
        return [line.rpartition(" ")[0] for line in self._failpoints.read_text().splitlines()]

    async def ended(self) -> bool:
        """Return whether the process has ended, by itself or by a signal."""
        return not self.program.running

    async def livez(self) -> httpx.Response:
        """Ask whether a restart would help."""
        return await self._request("GET", "/livez")

    async def readyz(self) -> httpx.Response:
        """Ask whether its dependencies answer."""
        return await self._request("GET", "/readyz")

    async def put_note(self, note_id: UUID, text: str = "", **parameters: str) -> httpx.Response:
        """Write a note; `parameters` become the query string."""
        return await self._request("PUT", f"/notes/{note_id}", content=text, params=parameters)

    async def put_nonsense(self, name: str) -> httpx.Response:
        """Write a note under something that is no id, which the handler stumbles over."""
        return await self._request("PUT", f"/notes/{name}")

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            return await client.request(method, self.url + path, **more)
