"""Real CalDAV servers, each a process of its own on a free loopback port."""

import asyncio
import socket
import ssl
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

TLS = ssl.create_default_context()  # made once: loading the certificates takes a while


@dataclass(frozen=True)
class DavServer:
    """A running server with one account to test with; `home` is the path of its calendars."""

    port: int
    home: str
    username: str = "anna"
    password: str = "pw"  # noqa: S105 - of a server that lives for one test run

    @property
    def authority(self) -> str:
        """Where it listens, `host:port`."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://{self.authority}"

    async def request(self, method: str, path: str, body: bytes = b"") -> httpx.Response:
        """Ask the server for something, as any other client of the user would; it must succeed."""
        auth = (self.username, self.password)
        async with httpx.AsyncClient(auth=auth, verify=TLS, headers={"Depth": "1"}) as client:
            answer = await client.request(method, self.url + path, content=body)
            return answer.raise_for_status()

    async def make_calendar(self) -> "TestCalendar":
        """Make an empty calendar."""
        path = f"{self.home}{uuid4().hex}/"
        await self.request("MKCALENDAR", path)
        return TestCalendar(self, path)


@dataclass(frozen=True)
class TestCalendar:
    """A calendar that one test has for itself."""

    __test__ = False

    server: DavServer
    path: str

    @property
    def remote_id(self) -> str:
        """How a source names it."""
        return self.server.url + self.path

    async def put(self, name: str, *, summary: str = "Lunch") -> None:
        """Store an event."""
        await self.server.request("PUT", self.path + name, event(name, summary=summary))

    async def delete(self, name: str) -> None:
        """Remove an event."""
        await self.server.request("DELETE", self.path + name)


def event(uid: str, *, summary: str = "Lunch") -> bytes:
    """Spell one event as a calendar object."""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Entente//Tests//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260301T120000Z\r\n"
        f"DTEND:20260301T130000Z\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


@asynccontextmanager
async def radicale(folder: Path) -> AsyncGenerator[DavServer, None]:
    """Run Radicale with two accounts that see only their own calendars."""
    port = _free_port()
    (folder / "users").write_text("anna:pw\nbob:pw\n")
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder / 'users'}\n"
        "htpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'data'}\n"
        "[rights]\ntype = owner_only\n[logging]\nlevel = warning\n"
    )
    async with _running(port, "radicale", "--config", str(folder / "config")):
        yield DavServer(port, "/anna/")


@asynccontextmanager
async def xandikos(folder: Path) -> AsyncGenerator[DavServer, None]:
    """Run Xandikos, which asks nobody who they are."""
    port = _free_port()
    options = ("--current-user-principal", "/anna", "--autocreate", "--defaults")
    folders = ("-d", str(folder / "data"), "--state-dir", str(folder / "state"))
    (folder / "data").mkdir()
    listen = ("--listen-address", "127.0.0.1", "--port", str(port))
    async with _running(port, "xandikos", "serve", *listen, *options, *folders):
        yield DavServer(port, "/anna/calendars/")


@asynccontextmanager
async def _running(port: int, module: str, *arguments: str) -> AsyncGenerator[None, None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *arguments),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            while not await _answers(port):
                if process.returncode is not None:
                    raise RuntimeError(f"{module} did not start")
                await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
