"""Clients and proxies give up an idle connection before the service does."""

import asyncio
from urllib.parse import urlsplit

import pytest
from journal.lab.fleet import Fleet

pytestmark = pytest.mark.integration

UVICORNS_OWN_SECONDS = 5
ASK = b"GET /livez HTTP/1.1\r\nhost: journal\r\n\r\n"


async def test_an_idle_connection_is_kept_and_does_not_hold_up_the_end(fleet: Fleet) -> None:
    journal = await fleet.start(group="reader")
    address = urlsplit(journal.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for idle_seconds in (UVICORNS_OWN_SECONDS + 1, 0):
            writer.write(ASK)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
            await asyncio.sleep(idle_seconds)
        async with asyncio.timeout(10):
            await journal.program.terminate()
            await reader.read()
        assert reader.at_eof()
        assert journal.program.exit_code == 0
    finally:
        writer.close()
