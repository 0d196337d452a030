"""An HTTP server that answers with exactly the bytes a test scripts."""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from connector.adapters.http.web_address import WebAddress


@dataclass(frozen=True)
class Reply:
    """Raw chunks with a pause (seconds) after each; then the connection closes."""

    chunks: Sequence[bytes]
    pause: float = 0.0


def reply(
    body: bytes = b"",
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_length: int | None = None,
) -> Reply:
    """Compose a reply; `content_length` may lie."""
    fields = {"Content-Length": str(len(body) if content_length is None else content_length)}
    fields |= {"Connection": "close", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return Reply([f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode() + body])


@dataclass(frozen=True)
class Received:
    """A request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class FaultServer:
    """Serves `script`: target → replies in turn (the last one stays); anything else is a 404.

    A key may start with a method (`REPORT /cal/`) and then wins over the bare target.
    """

    tls: ssl.SSLContext | None = None
    script: dict[str, list[Reply]] = field(default_factory=dict[str, list[Reply]])
    received: list[Received] = field(default_factory=list[Received])
    port: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def authority(self) -> str:
        """Where it listens, `host:port`."""
        return f"127.0.0.1:{self.port}"

    def address(self, target: str) -> WebAddress:
        """Return the address of a target."""
        return WebAddress.parse(f"http://{self.authority}{target}")

    def answers(self, target: str, *replies: Reply) -> None:
        """Script the replies of a target."""
        self.script[target] = list(replies)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                request = await read_request(reader)
                self.received.append(request)
                replies = (
                    self.script.get(f"{request.method} {request.target}")
                    or self.script.get(request.target)
                    or [reply(status=404)]
                )
                scripted = replies.pop(0) if len(replies) > 1 else replies[0]
                for chunk in scripted.chunks:
                    writer.write(chunk)
                    await writer.drain()
                    await asyncio.sleep(scripted.pause)
        finally:
            writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


async def read_request(reader: asyncio.StreamReader) -> Received:
    """Read one request to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    request_line, *lines = head.rstrip().split("\r\n")
    method, target, _ = request_line.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body)
