"""A catcher for outgoing mail: an SMTP server that delivers nothing and shows everything."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

import httpx

from stack.component import Breakable
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.readiness import answers_http
from stack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail as it came in: the envelope's addresses, and the message but for its last line end."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailCatcher(Breakable):
    """MailDump: SMTP without authentication, a page to read the mail, messages kept over `kill`."""

    smtp_host = HOST

    def __init__(
        self, workspace: Workspace, *, smtp_port: int | None = None, page_port: int | None = None
    ) -> None:
        self.smtp_port = choose_port(smtp_port, purpose="SMTP")
        page_port = choose_port(page_port, purpose="the page of the mail catcher")
        self.page_url = f"http://{HOST}:{page_port}/"
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

    async def messages(self, *recipients: str) -> list[CaughtMail]:
        """Return every mail caught so far, to one of these recipients if any, oldest first."""
        async with self._client() as client:
            listed = (await client.get("messages/")).raise_for_status().json()["messages"]
            return [
                await _read(client, entry)
                for entry in sorted(listed, key=_by_id)
                if not recipients or set(recipients).intersection(entry["recipients"]["to"])
            ]

    async def clear(self) -> None:
        """Forget all mail."""
        async with self._client() as client:
            (await client.delete("messages/")).raise_for_status()

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.page_url, timeout=10, trust_env=False)


def _by_id(entry: Mapping[str, int]) -> int:
    return entry["id"]


async def _read(client: httpx.AsyncClient, entry: Mapping[str, object]) -> CaughtMail:
    full = (await client.get(f"messages/{entry['id']}.json")).raise_for_status().json()
    source = (await client.get(f"messages/{entry['id']}.eml")).raise_for_status().content
    return CaughtMail(
        sender=full["sender"],
        recipients=tuple(full["recipients"]["to"]),
        message=message_from_bytes(source, policy=modern),
    )
