"""Ways to know that a program is ready."""

import asyncio

import httpx

from stack.ports import HOST
from stack.program import Program, Readiness


def answers_http(url: str) -> Readiness:
    """Ready when a GET of `url` is answered with 2xx."""

    async def look(_program: Program) -> str | None:
        try:
            async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
                response = await client.get(url)
        except httpx.HTTPError as error:
            return f"GET {url}: {error or type(error).__name__}"
        return None if response.is_success else f"GET {url} answers {response.status_code}"

    return look


def accepts_tcp(port: int, host: str = HOST) -> Readiness:
    """Ready when a connection to the port is accepted, by default on loopback."""

    async def look(_program: Program) -> str | None:
        try:
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection(host, port)
        except OSError as error:
            return f"port {port}: {error.strerror or error}"
        writer.close()
        return None

    return look


def says(pattern: str) -> Readiness:
    """Ready when the output since the latest start matches the regular expression."""

    async def look(program: Program) -> str | None:
        return None if program.find(pattern) else f"no line matches {pattern!r}"

    return look
