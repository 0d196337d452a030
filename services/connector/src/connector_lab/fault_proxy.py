"""A proxy before a real CalDAV server that makes scripted requests go wrong, and notes all."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

import httpx

from connector_lab.dav_server import TLS, DavServer
from connector_lab.fault_server import Received, read_request, reply

_HOP_BY_HOP = {"connection", "content-length", "host", "transfer-encoding", "content-encoding"}
_WRITES = {"PUT", "DELETE"}


class Cut(Enum):
    """Where the connection ends without an answer."""

    BEFORE = "before"
    """The server never hears of the request."""
    AFTER = "after"
    """The server has done what was asked, and nobody learns of it."""


@dataclass
class FaultProxy:
    """Passes requests on to `server`; `faults` hold, by method, what the next ones meet instead.

    A fault is a status to answer with (and further headers), a cut, or seconds to wait first.
    """

    server: DavServer
    faults: dict[str, list[int | float | Cut]] = field(
        default_factory=dict[str, list[int | float | Cut]]
    )
    received: list[tuple[Received, int]] = field(default_factory=list[tuple[Received, int]])
    headers: dict[str, str] = field(default_factory=dict[str, str])

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(verify=TLS, timeout=30)
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        await self._listener.wait_closed()
        await self._client.aclose()

    @property
    def authority(self) -> str:
        """Where it listens, `host:port`."""
        return f"127.0.0.1:{self.port}"

    def next(self, method: str, *faults: float | Cut) -> None:
        """Script what the next requests of a method meet."""
        self.faults.setdefault(method, []).extend(faults)

    def writes(self, path: str) -> list[Received]:
        """Return the requests that changed something below a path, as the server took them."""
        return [
            request
            for request, status in self.received
            if request.method in _WRITES and request.target.startswith(path) and status < 400  # noqa: PLR2004 - the 2xx class
        ]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                request = await read_request(reader)
                writer.write(await self._answer(request))
                await writer.drain()
        finally:
            writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _answer(self, request: Received) -> bytes:
        scripted = self.faults.get(request.method)
        fault = scripted.pop(0) if scripted else None
        if fault is Cut.BEFORE:
            return b""
        if isinstance(fault, float):
            await asyncio.sleep(fault)
        if isinstance(fault, int):
            return b"".join(reply(status=fault, headers=self.headers).chunks)
        headers = {name: v for name, v in request.headers.items() if name not in _HOP_BY_HOP}
        try:
            answer = await self._client.request(
                request.method,
                self.server.url + request.target,
                headers=headers,
                content=request.body,
            )
        except httpx.TransportError:  # a server that is down is, seen from before it, a cut
            return b""
        self.received.append((request, answer.status_code))
        if fault is Cut.AFTER:
            return b""
        kept = {name: v for name, v in answer.headers.items() if name not in _HOP_BY_HOP}
        return b"".join(reply(answer.content, status=answer.status_code, headers=kept).chunks)
