"""A few requests in a row, each within bounds and without leaks.

It drives httpcore, httpx's engine, directly: the httpx client logs every URL it requests, and
tracing instrumentation of it records them, while here the URL is a secret.
"""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

import httpcore
import httpx

from connector.adapters.http.answer import Answer
from connector.adapters.http.body import ACCEPT_ENCODING, BoundedBody
from connector.adapters.http.client_span import client_span
from connector.adapters.http.credentials import BasicCredentials
from connector.adapters.http.egress import EgressPolicy
from connector.adapters.http.limits import HttpLimits
from connector.adapters.http.web_address import WebAddress
from connector.domain.source import FailureKind, SourceFailure

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_USER_AGENT = "Entente"


class Visit:
    """Sends requests over the connections it is given.

    It keeps no cookies, reads no environment variables, and asks the policy at every hop.
    """

    def __init__(
        self, pool: httpcore.AsyncConnectionPool, policy: EgressPolicy, limits: HttpLimits
    ) -> None:
        self._pool = pool
        self._policy = policy
        self._limits = limits

    async def fetch(
        self,
        method: str,
        address: WebAddress,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        credentials: BasicCredentials | None = None,
    ) -> Answer:
        """Send one request, follow its redirects, and give the whole answer, whatever its status.

        Raises `SourceFailure`: address_refused, network, too_large, or invalid_answer for a body
        that was cut short. Credentials go only to the origins they are bound to, at every hop.
        """
        limits = self._limits
        try:
            async with asyncio.timeout(limits.total_seconds):
                for _ in range(limits.redirects + 1):
                    answer = await self._send(method, address, headers or {}, body, credentials)
                    if answer.status not in _REDIRECTS or "location" not in answer.headers:
                        return answer
                    address = address.join(answer.headers["location"])
                    if answer.status == HTTPStatus.SEE_OTHER:
                        method, body = "GET", b""
        except TimeoutError:
            detail = f"no whole answer within {limits.total_seconds:g} s"
            raise SourceFailure(FailureKind.NETWORK, detail) from None
        raise SourceFailure(FailureKind.INVALID_ANSWER, f"over {limits.redirects} redirects")

    async def _send(
        self,
        method: str,
        address: WebAddress,
        headers: Mapping[str, str],
        body: bytes,
        credentials: BasicCredentials | None,
    ) -> Answer:
        self._policy.check(address)
        with client_span(method, address) as span:
            answer = await self._exchange(method, address, headers, body, credentials)
            span.set_attribute("http.response.status_code", answer.status)
            return answer

    async def _exchange(
        self,
        method: str,
        address: WebAddress,
        headers: Mapping[str, str],
        body: bytes,
        credentials: BasicCredentials | None,
    ) -> Answer:
        sent = httpx.Headers({"User-Agent": _USER_AGENT, **headers})
        sent["Host"] = address.host_header
        sent["Accept-Encoding"] = ACCEPT_ENCODING
        if body:
            sent["Content-Length"] = str(len(body))
        if credentials and (authorization := credentials.header_for(address)):
            sent["Authorization"] = authorization
        with _transport_failures(FailureKind.NETWORK):
            response = await self._pool.handle_async_request(
                httpcore.Request(
                    method,
                    httpcore.URL(
                        scheme=address.scheme.encode(),
                        host=address.host.encode(),
                        port=address.port,
                        target=address.target.encode(),
                    ),
                    headers=sent.raw,
                    content=body,
                    extensions={"timeout": {"connect": self._limits.connect_seconds}},
                )
            )
        try:
            received = httpx.Headers(response.headers)
            if response.status in _REDIRECTS:
                return Answer(response.status, received, b"", address)
            with _transport_failures(FailureKind.INVALID_ANSWER):
                content = await self._read(response, received)
            return Answer(response.status, received, content, address)
        finally:
            await response.aclose()

    async def _read(self, response: httpcore.Response, headers: httpx.Headers) -> bytes:
        """Read the body; the moment its average rate falls below the limit is its deadline."""
        limits = self._limits
        body = BoundedBody(headers.get("content-encoding", ""), limits.body_bytes)
        begun = asyncio.get_running_loop().time()
        received = 0
        try:
            async with asyncio.timeout(limits.rate_grace_seconds) as deadline:
                async for chunk in response.aiter_stream():
                    body.feed(chunk)
                    received += len(chunk)
                    earned = received / limits.bytes_per_second
                    deadline.reschedule(begun + limits.rate_grace_seconds + earned)
        except TimeoutError:
            detail = f"body slower than {limits.bytes_per_second} bytes/s"
            raise SourceFailure(FailureKind.NETWORK, detail) from None
        return body.finish()


@contextmanager
def _transport_failures(breach: FailureKind) -> Generator[None, None, None]:
    """Turn httpcore's errors into failures; `breach` is what a breach of HTTP means at this stage.

    Their texts may quote the server's bytes, so only the error's name is kept.
    """
    try:
        yield
    except httpcore.ProtocolError as error:
        raise SourceFailure(breach, type(error).__name__) from None
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProxyError) as error:
        raise SourceFailure(FailureKind.NETWORK, type(error).__name__) from None
