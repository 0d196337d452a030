"""The local OIDC issuer, whose tokens the services accept."""

import sys
from collections.abc import Mapping

from stack.clients.tokens import TokenClient
from stack.component import Breakable
from stack.outside import Outside
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.workspace import Workspace


class Issuer(TokenClient, Breakable):
    """Signs a token for whoever asks on this machine; `url` is its name in tokens."""

    def __init__(
        self, workspace: Workspace, *, port: int | None = None, outside: Outside | None = None
    ) -> None:
        host = outside.address if outside else HOST
        port = choose_port(port, purpose="the issuer", host=host)
        self.url = f"http://{outside.name if outside else HOST}:{port}"
        super().__init__(f"http://{host}:{port}")
        self._program = Program(
            name="issuer",
            command=Command(
                arguments=(
                    *(sys.executable, "-m", "issuer"),
                    *("--host", host, "--port", str(port), "--url", self.url),
                )
            ),
            workspace=workspace,
            ready=answers_http(f"{self._address}/jwks"),
        )

    @property
    def addresses(self) -> Mapping[str, str]:
        """The issuer's URL."""
        return {"Issuer": self.url}

    @property
    def program(self) -> Program:
        """The issuer's process."""
        return self._program

    async def start(self) -> None:
        """Start and return when keys can be read; its keys are new each time."""
        await self._program.start()

    async def stop(self) -> None:
        """Stop; its tokens are worthless from now on."""
        await self._program.stop()
