"""TLS in front of a PostgreSQL whose build has none (the one in the PyPI wheel).

Run as a script, `tls.py HOST PORT CERTIFICATE KEY TARGET-PORT`: what asks for TLS on HOST:PORT
(SSLRequest, PostgreSQL's protocol) is led to 127.0.0.1:TARGET-PORT; what does not is hung
up on.
"""

import asyncio
import contextlib
import ssl
import sys

_SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
_CHUNK = 64 * 1024


async def main(host: str, port: str, certificate: str, key: str, target: str) -> None:
    """Serve until ended."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if await reader.readexactly(len(_SSL_REQUEST)) == _SSL_REQUEST:
                writer.write(b"S")
                await writer.start_tls(context)
                await _join(reader, writer, int(target))
        writer.close()

    server = await asyncio.start_server(serve, host, int(port))
    await server.serve_forever()


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
    ways = [
        asyncio.create_task(_copy(reader, far_writer)),
        asyncio.create_task(_copy(far_reader, writer)),
    ]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
    far_writer.close()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK):
        sink.write(chunk)
        await sink.drain()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
