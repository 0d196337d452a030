"""A line to a server that goes dead without a word, as where a router forgets connections."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from stack.ports import HOST

_AT_ONCE = 65_536


class Line:
    """Carries connections to a server; `url` is the server's, by way of the line."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._carrying: set[asyncio.Event] = set()

    def fall_silent(self) -> None:
        """Carry nothing more of the connections there are, and close none; new ones work."""
        for carrying in self._carrying:
            carrying.clear()

    async def carry(
        self, near: asyncio.StreamWriter, reader: asyncio.StreamReader, server: tuple[str, int]
    ) -> None:
        """Carry one connection until either side closes it."""
        answers, far = await asyncio.open_connection(*server)
        carrying = asyncio.Event()
        carrying.set()
        self._carrying.add(carrying)

        async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                while data := await source.read(_AT_ONCE):
                    await carrying.wait()
                    target.write(data)
                    await target.drain()

        tasks = [asyncio.create_task(pump(reader, far)), asyncio.create_task(pump(answers, near))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for end in (near, far):
                end.transport.abort()
            self._carrying.discard(carrying)


@asynccontextmanager
async def open_line(url: str) -> AsyncGenerator[Line]:
    """Yield a line to the server of a URL with host and port."""
    parts = urlsplit(url)
    server = (parts.hostname or HOST, parts.port or 0)

    serving: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(line.carry(writer, reader, server)))

    listening = await asyncio.start_server(serve, HOST, 0)
    port = listening.sockets[0].getsockname()[1]
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    line = Line(urlunsplit(parts._replace(netloc=f"{login}{HOST}:{port}")))
    try:
        yield line
    finally:
        listening.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
