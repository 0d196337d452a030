"""WebDAV requests of one account."""

from collections.abc import Mapping
from http import HTTPStatus
from xml.etree.ElementTree import Element

from connector.adapters.caldav.multistatus import DavResponse, Multistatus, parse_multistatus
from connector.adapters.caldav.xml import DAV, element, write
from connector.adapters.http.answer import Answer, failure_of
from connector.adapters.http.credentials import BasicCredentials
from connector.adapters.http.visit import Visit
from connector.adapters.http.web_address import WebAddress
from connector.domain.source import FailureKind, SourceFailure

# What web servers that know nothing of WebDAV answer to its methods.
_NOT_WEBDAV = frozenset(
    {
        HTTPStatus.OK,
        HTTPStatus.NO_CONTENT,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)


class DavClient:
    """Speaks WebDAV during a visit; the credentials go to trusted origins only."""

    def __init__(self, visit: Visit, credentials: BasicCredentials) -> None:
        self._visit = visit
        self._credentials = credentials

    @property
    def home(self) -> WebAddress:
        """The address that the user connected."""
        return self._credentials.home

    def trusts(self, address: WebAddress) -> bool:
        """Tell whether this address belongs to the account's server."""
        return self._credentials.trusts(address)

    async def get(self, address: WebAddress) -> Answer:
        """GET one resource, whatever the status."""
        return await self._visit.fetch("GET", address, credentials=self._credentials)

    async def put(
        self, address: WebAddress, content: bytes, condition: Mapping[str, str]
    ) -> Answer:
        """PUT a calendar object, whatever the status; `condition` are further headers."""
        return await self._visit.fetch(
            "PUT",
            address,
            headers={"Content-Type": "text/calendar; charset=utf-8", **condition},
            body=content,
            credentials=self._credentials,
        )

    async def delete(self, address: WebAddress, condition: Mapping[str, str]) -> Answer:
        """DELETE one resource, whatever the status; `condition` are further headers."""
        return await self._visit.fetch(
            "DELETE", address, headers=condition, credentials=self._credentials
        )

    async def look_at(self, address: WebAddress, *names: str) -> tuple[DavResponse, WebAddress]:
        """Ask for properties of one resource; gives them, and the address that its hrefs refer to.

        Raises as for an HTTP status when the 207 says that the resource itself is not there
        (Xandikos).
        """
        (itself, *_), answered = await self.propfind(address, 0, *names)
        if itself.status is not None and itself.status >= HTTPStatus.BAD_REQUEST:
            raise failure_of(itself.status, answered.host)
        return itself, answered

    async def propfind(
        self, address: WebAddress, depth: int, *names: str
    ) -> tuple[tuple[DavResponse, ...], WebAddress]:
        """Ask for properties; gives at least one response, and the address their hrefs refer to."""
        body = element(f"{DAV}propfind", element(f"{DAV}prop", *map(element, names)))
        answer = await self._send("PROPFIND", address, depth, body)
        responses = self._understood(answer).responses
        if not responses:
            raise SourceFailure(FailureKind.INVALID_ANSWER, "PROPFIND answered about nothing")
        return responses, answer.address

    async def report(self, address: WebAddress, depth: int, body: Element) -> Multistatus:
        """Send a REPORT (RFC 3253 §3.6)."""
        return self._understood(await self._send("REPORT", address, depth, body))

    async def try_report(
        self, address: WebAddress, depth: int, body: Element, refusals: frozenset[int]
    ) -> Multistatus | None:
        """Send a REPORT that may be refused: None for one of these statuses."""
        answer = await self._send("REPORT", address, depth, body)
        return None if answer.status in refusals else self._understood(answer)

    async def _send(self, method: str, address: WebAddress, depth: int, body: Element) -> Answer:
        return await self._visit.fetch(
            method,
            address,
            headers={"Depth": str(depth), "Content-Type": "application/xml; charset=utf-8"},
            body=write(body),
            credentials=self._credentials,
        )

    def _understood(self, answer: Answer) -> Multistatus:
        if answer.status == HTTPStatus.MULTI_STATUS:
            return parse_multistatus(answer.body)
        if answer.status == HTTPStatus.UNAUTHORIZED and not self.trusts(answer.address):
            detail = f"{answer.address.host} is another server than the one connected"
            raise SourceFailure(FailureKind.AUTHENTICATION, detail)
        if answer.status in _NOT_WEBDAV:
            detail = f"{answer.address.host} does not speak WebDAV here"
            raise SourceFailure(FailureKind.NOT_A_CALENDAR, detail)
        raise answer.failure()
