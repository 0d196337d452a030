"""A read-only ICS link, as providers give them: whoever has the address can read."""

import sys
from collections.abc import Mapping

from stack.component import Breakable
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import accepts_tcp
from stack.workspace import Workspace


class Feed(Breakable):
    """Serves calendar files; `publish` replaces one."""

    def __init__(self, workspace: Workspace, *, port: int | None = None) -> None:
        port = choose_port(port, purpose="the ICS feed")
        self._files = workspace.directory("feed")
        self.authority = f"{HOST}:{port}"
        self._program = Program(
            name="feed",
            command=Command(
                arguments=(
                    *(sys.executable, "-m", "http.server", str(port)),
                    *("--bind", HOST, "--directory", str(self._files)),
                )
            ),
            workspace=workspace,
            ready=accepts_tcp(port),
            shown=False,
        )

    @property
    def addresses(self) -> Mapping[str, str]:
        """The links of everything published."""
        return {f"ICS link {file.name}": self.url(file.name) for file in self._files.iterdir()}

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

    def url(self, name: str) -> str:
        """Return a file's link."""
        return f"http://{self.authority}/{name}"

    def publish(self, name: str, content: str) -> str:
        """Write a whole calendar under a name; return its link."""
        draft = self._files / f".{name}"
        draft.write_text(content, encoding="utf-8", newline="")
        draft.replace(self._files / name)
        return self.url(name)
