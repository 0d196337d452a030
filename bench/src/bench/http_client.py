"""A bare HTTP client: on two cores, what a client spends is taken from the server it measures."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

_END_OF_HEADERS = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_OK = b" 200 "


class RequestFailedError(Exception):
    """The server answered something else than 200."""


class HttpClient:
    """One connection that is kept; one request at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, head: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._head = head

    def request(self, path: str, body: Any) -> bytes:
        """Return a POST of a JSON document, ready to be sent."""
        document = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\n{self._head}content-length: {len(document)}\r\n\r\n"
        return head.encode() + document

    async def send(self, request: bytes) -> bytes:
        """Return the answer's body; raises RequestFailedError."""
        self._writer.write(request)
        head = await self._reader.readuntil(_END_OF_HEADERS)
        length = head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0]
        body = await self._reader.readexactly(int(length))
        if _OK not in head.partition(b"\r\n")[0]:
            raise RequestFailedError(f"{head.decode()}{body.decode()}")
        return body


@asynccontextmanager
async def connected(
    url: str, headers: Mapping[str, str] | None = None
) -> AsyncGenerator[HttpClient]:
    """Yield a client; `headers` go with every request."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 24)
    sent = {"host": address.netloc, "content-type": "application/json", **(headers or {})}
    try:
        yield HttpClient(
            reader, writer, head="".join(f"{name}: {text}\r\n" for name, text in sent.items())
        )
    finally:
        writer.close()
        await writer.wait_closed()
