"""A catcher for outgoing mail: an SMTP server that delivers nothing and shows everything."""

import sys
from collections.abc import Mapping

from stack.clients.mails import MailClient
from stack.component import Breakable
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.workspace import Workspace


class MailCatcher(MailClient, Breakable):
    """MailDump: SMTP without authentication, a page to read the mail, messages kept over `kill`."""

    smtp_host = HOST

    def __init__(
        self, workspace: Workspace, *, smtp_port: int | None = None, page_port: int | None = None
    ) -> None:
        self.smtp_port = choose_port(smtp_port, purpose="SMTP")
        page_port = choose_port(page_port, purpose="the page of the mail catcher")
        super().__init__(f"http://{HOST}:{page_port}")
        home = workspace.directory("mail")
        self._program = Program(
            name="mail",
            command=Command(
                arguments=(
                    *(sys.executable, "-m", "maildump_runner.main", "--foreground", "--no-quit"),
                    *("--smtp-ip", HOST, "--smtp-port", str(self.smtp_port)),
                    *("--http-ip", HOST, "--http-port", str(page_port)),
                    *("--db", str(home / "messages.sqlite")),
                ),
                environment={"PYTHONWARNINGS": "ignore"},  # it imports pkg_resources
                directory=home,
            ),
            workspace=workspace,
            ready=answers_http(f"{self.page_url}messages/"),  # it listens for SMTP before HTTP
        )

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where to send and where to read."""
        return {"SMTP": f"{self.smtp_host}:{self.smtp_port}", "Mail": self.page_url}

    @property
    def program(self) -> Program:
        """The catcher's process."""
        return self._program

    async def start(self) -> None:
        """Start and return when both ports answer."""
        await self._program.start()

    async def stop(self) -> None:
        """Stop in order."""
        await self._program.stop()
