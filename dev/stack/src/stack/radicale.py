"""Radicale: a real CalDAV server, with an account for each sample host."""

import sys
from collections.abc import Mapping

from stack.clients.calendars import CalendarClient
from stack.component import Breakable
from stack.outside import Outside
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import accepts_tcp
from stack.workspace import Workspace

_CONFIGURATION = """\
[server]
hosts = {hosts}
[auth]
type = htpasswd
htpasswd_filename = {users}
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {data}
[web]
type = internal
[logging]
level = warning
"""


class Radicale(CalendarClient, Breakable):
    """Accounts are made with the server; each one's password is its name.

    `authority` is where it is, `outside` where others find it, as host:port.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        accounts: tuple[str, ...],
        port: int | None = None,
        outside: Outside | None = None,
    ) -> None:
        port = choose_port(port, purpose="Radicale")
        home = workspace.directory("radicale")
        users = home / "users"
        users.write_text("".join(f"{account}:{account}\n" for account in accounts))
        configuration = home / "configuration"
        hosts = [HOST, outside.address] if outside else [HOST]
        listens = ", ".join(f"{host}:{port}" for host in hosts)
        configuration.write_text(
            _CONFIGURATION.format(hosts=listens, users=users, data=home / "data")
        )
        self.authority = f"{HOST}:{port}"
        self.outside = f"{outside.name}:{port}" if outside else self.authority
        super().__init__(f"http://{self.authority}")
        self._program = Program(
            name="radicale",
            command=Command(
                arguments=(sys.executable, "-m", "radicale", "--config", str(configuration))
            ),
            workspace=workspace,
            ready=accepts_tcp(port),
        )

    @property
    def addresses(self) -> Mapping[str, str]:
        """The page; log in with an account's name as its password."""
        return {"CalDAV": self.url}

    @property
    def program(self) -> Program:
        """The server's process."""
        return self._program

    async def start(self) -> None:
        """Start and return when it answers; calendars survive a restart."""
        await self._program.start()

    async def stop(self) -> None:
        """Stop."""
        await self._program.stop()
