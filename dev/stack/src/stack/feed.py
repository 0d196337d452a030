"""A read-only ICS link, as providers give them: whoever has the address can read."""

import sys
from collections.abc import Mapping

from stack.clients.links import LinkFolder
from stack.component import Breakable
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import accepts_tcp
from stack.workspace import Workspace


class Feed(LinkFolder, Breakable):
    """Serves calendar files."""

    def __init__(self, workspace: Workspace, *, port: int | None = None) -> None:
        port = choose_port(port, purpose="the ICS feed")
        self.authority = f"{HOST}:{port}"
        folder = workspace.directory("feed")
        super().__init__(folder, f"http://{self.authority}")
        self._program = Program(
            name="feed",
            command=Command(
                arguments=(
                    *(sys.executable, "-m", "http.server", str(port)),
                    *("--bind", HOST, "--directory", str(folder)),
                )
            ),
            workspace=workspace,
            ready=accepts_tcp(port),
            shown=False,
        )

    @property
    def addresses(self) -> Mapping[str, str]:
        """The links of everything published."""
        return {f"ICS link {name}": self.url(name) for name in self.published()}

    @property
    def program(self) -> Program:
        """The server's process."""
        return self._program

    async def start(self) -> None:
        """Start and return when it answers."""
        await self._program.start()

    async def stop(self) -> None:
        """Stop."""
        await self._program.stop()
