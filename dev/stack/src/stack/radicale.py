"""Radicale: a real CalDAV server, with an account for each sample host."""

import sys
from collections.abc import Mapping

import httpx

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

_NEW_CALENDAR = """\
<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:set><D:prop>
    <D:displayname>{name}</D:displayname>
    <C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>
  </D:prop></D:set>
</C:mkcalendar>
"""


class Radicale(Breakable):
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
        self.url = f"http://{self.authority}/"
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

    async def make_calendar(self, account: str, path: str, *, name: str) -> None:
        """Make a calendar in an account; `path` is its last part."""
        body = _NEW_CALENDAR.format(name=name)
        await self._request("MKCALENDAR", account, f"{path}/", body)

    async def put_event(self, account: str, path: str, uid: str, event: str) -> None:
        """Write one calendar object (a whole VCALENDAR) into a calendar."""
        await self._request("PUT", account, f"{path}/{uid}.ics", event)

    async def _request(self, method: str, account: str, path: str, body: str) -> None:
        async with httpx.AsyncClient(
            auth=(account, account), timeout=10, trust_env=False
        ) as client:
            url = f"{self.url}{account}/{path}"
            answer = await client.request(
                method, url, content=body, headers={"Content-Type": "text/calendar"}
            )
            answer.raise_for_status()
