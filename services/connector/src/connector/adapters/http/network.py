"""Connections that go only where the egress policy permits.

The check sits where the socket is opened: the name is resolved once, every address it has must be
permitted, and the connection goes to one of exactly these addresses. So there is no second look-up
for DNS rebinding to answer differently, while Host and TLS server name stay those of the URL.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias, cast

import httpcore

from connector.adapters.http.egress import EgressPolicy
from connector.adapters.http.reachability import IPAddress, parse_ip
from connector.domain.source import FailureKind, SourceFailure

Resolver: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the IP addresses of a host name, best first; OSError when it has none."""


async def resolve_by_system(host: str) -> Sequence[str]:
    """Resolve as the operating system does."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to permitted addresses."""

    def __init__(self, policy: EgressPolicy, resolve: Resolver = resolve_by_system) -> None:
        self._policy = policy
        self._resolve = resolve
        # httpcore declares an untyped stand-in for installations without anyio.
        self._tcp = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers; `timeout` (seconds) covers all of it."""
        try:
            async with asyncio.timeout(timeout) as deadline:
                addresses = await self._permitted_addresses(host, port)
                for position, address in enumerate(addresses, start=1):
                    try:
                        return await self._tcp.connect_tcp(
                            str(address),
                            port,
                            timeout=_share(deadline, len(addresses) - position + 1),
                            local_address=local_address,
                            socket_options=socket_options,
                        )
                    except (httpcore.ConnectError, httpcore.ConnectTimeout):
                        continue
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        raise httpcore.ConnectError

    async def _permitted_addresses(self, host: str, port: int) -> list[IPAddress]:
        literal = parse_ip(host)
        addresses = [literal] if literal else await self._look_up(host)
        if not all(self._policy.permits(address, host, port) for address in addresses):
            raise SourceFailure(
                FailureKind.ADDRESS_REFUSED, "leads to an address that is not public"
            )
        return addresses

    async def _look_up(self, host: str) -> list[IPAddress]:
        try:
            found = await self._resolve(host)
        except (OSError, UnicodeError):
            found = ()
        addresses = [parse_ip(text) for text in dict.fromkeys(found)]
        if not addresses or None in addresses:
            raise SourceFailure(FailureKind.NETWORK, "the host name does not resolve")
        return [address for address in addresses if address]


def _share(deadline: asyncio.Timeout, attempts_left: int) -> float | None:
    """Split the time left evenly, so that one dead address cannot use it all."""
    when = deadline.when()
    if when is None:
        return None
    return max(0.0, when - asyncio.get_running_loop().time()) / attempts_left
