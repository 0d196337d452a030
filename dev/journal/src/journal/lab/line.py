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
        """Lose all that the connections there are bring, and close none; new ones work."""
        for carrying in self._carrying:
            carrying.clear()

    async def carry(
        self, near: asyncio.StreamWriter, reader: asyncio.StreamReader, server: tuple[str, int]
    ) -> None:
        """Carry one connection until either side closes it, or in silence the near one."""
        answers, far = await asyncio.open_connection(*server)
        carrying = asyncio.Event()
        carrying.set()
        self._carrying.add(carrying)

        async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                while data := await source.read(_AT_ONCE):
                    if carrying.is_set():
                        target.write(data)
                        await target.drain()

        asking = asyncio.create_task(pump(reader, far))
        answering = asyncio.create_task(pump(answers, near))
        try:
            await asyncio.wait([asking, answering], return_when=asyncio.FIRST_COMPLETED)
            if not carrying.is_set():  # that the server closes its end is lost as well
                await asking
        finally:
            for task in (asking, answering):
                task.cancel()
            await asyncio.wait([asking, answering])
            for end in (near, far):
                await _hang_up(end)
            self._carrying.discard(carrying)


@asynccontextmanager
async def open_line(url: str) -> AsyncGenerator[Line]:
    """Yield a line to the server of a URL with host and port."""
    parts = urlsplit(url)
    server = (parts.hostname or HOST, parts.port or 0)

    serving: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving[writer] = asyncio.create_task(line.carry(writer, reader, server))

    listening = await asyncio.start_server(serve, HOST, 0)
    port = listening.sockets[0].getsockname()[1]
    login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    line = Line(urlunsplit(parts._replace(netloc=f"{login}{HOST}:{port}")))
    try:
        yield line
    finally:
        listening.close()
        for near, task in serving.items():
            await _hang_up(near)
            await asyncio.wait([task])


async def _hang_up(end: asyncio.StreamWriter) -> None:
    end.transport.abort()
    with contextlib.suppress(OSError):
        await end.wait_closed()
