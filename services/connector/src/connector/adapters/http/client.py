"""Reaching addresses that users supply, within bounds and without leaks."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import cache

import certifi
import httpcore

from connector.adapters.http.answer import Answer
from connector.adapters.http.credentials import BasicCredentials
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.http.limits import HttpLimits
from connector.adapters.http.network import GuardedNetwork, Resolver, resolve_by_system
from connector.adapters.http.visit import Visit
from connector.adapters.http.web_address import WebAddress


class GuardedHttp:
    """The rules of every visit; make one and share it. It holds no connection itself.

    Each visit has its own connections: accounts share none, and those that a cancelled request
    leaves behind in httpcore's pool end with the visit instead of filling the pool.
    """

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        limits: HttpLimits | None = None,
        resolve: Resolver = resolve_by_system,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._limits = limits or HttpLimits()
        self._resolve = resolve
        self._ssl_context = ssl_context or _public_authorities()

    @asynccontextmanager
    async def visit(self) -> AsyncGenerator[Visit, None]:
        """Open a visit: requests in turn that may reuse connections."""
        proxy = self._policy.proxy
        async with httpcore.AsyncConnectionPool(
            ssl_context=self._ssl_context,
            proxy=httpcore.Proxy(proxy) if proxy else None,
            network_backend=None if proxy else GuardedNetwork(self._policy, self._resolve),
            max_connections=None,
            keepalive_expiry=5.0,
        ) as pool:
            yield Visit(pool, self._policy, self._limits)

    async def fetch(
        self,
        method: str,
        address: WebAddress,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        credentials: BasicCredentials | None = None,
    ) -> Answer:
        """Visit for one request; see `Visit.fetch`."""
        async with self.visit() as visit:
            return await visit.fetch(
                method, address, headers=headers, body=body, credentials=credentials
            )


@cache
def _public_authorities() -> ssl.SSLContext:
    """Trust certifi's authorities, whatever the machine or its environment trusts."""
    return ssl.create_default_context(cafile=certifi.where())
