"""An http(s) address that a user or a server gave us, kept as the secret it is."""

import re
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address
from typing import Self
from urllib.parse import urljoin

import httpx

from connector.domain.source import FailureKind, SourceFailure

MAX_LENGTH = 2048
_DEFAULT_PORTS = {"https": 443, "http": 80}
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a request goes. `target` (path and query) may hold a key, so no repr or error shows it.

    `host` is lower-case ASCII (IDNA applied; an IPv6 literal without brackets), `target` is exactly
    what goes on the request line. A fragment is dropped, as it is never sent.
    """

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an absolute URL; raises `address_refused`, which does not quote it."""
        if len(text) > MAX_LENGTH:
            raise _refused(f"longer than {MAX_LENGTH} characters")
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, ValueError):
            raise _refused("not a URL") from None
        return cls._from_url(url)

    def join(self, reference: str) -> Self:
        """Resolve a Location or href against this address (RFC 3986 §5)."""
        if len(reference) > MAX_LENGTH or not reference.isprintable():
            raise _refused("reference too long or with control characters")
        try:
            url = httpx.URL(self._absolute(reference))
        except (httpx.InvalidURL, ValueError):
            raise _refused("not a URL reference") from None
        return self._from_url(url)

    def _absolute(self, reference: str) -> str:
        """Resolve by hand what needs no resolving: urljoin drops an empty `;` or `?` at the end."""
        if _ABSOLUTE.match(reference):
            return reference
        if reference.startswith("/") and not reference.startswith("//"):
            return self.origin + reference
        return urljoin(self.reveal(), reference)

    @classmethod
    def _from_url(cls, url: httpx.URL) -> Self:
        if url.scheme not in _DEFAULT_PORTS:
            raise _refused("neither http nor https")
        if url.userinfo:
            raise _refused("user names and passwords do not belong in a URL")
        host = url.raw_host.decode("ascii")
        if not (_HOST.fullmatch(host) or _is_ipv6(host)):
            raise _refused("no valid host name")
        port = _DEFAULT_PORTS[url.scheme] if url.port is None else url.port
        if not 0 < port <= 0xFFFF:  # noqa: PLR2004 - the range of ports
            raise _refused("no valid port")
        return cls(url.scheme, host, port, url.raw_path.decode("ascii"))

    def with_path(self, path: str) -> Self:
        """Go to another percent-encoded path of the same origin, without resolving anything."""
        return replace(self, target=path)

    @property
    def path(self) -> str:
        """The percent-encoded path without the query."""
        return self.target.partition("?")[0]

    @property
    def authority(self) -> str:
        """`host:port`, the port always given; IPv6 in brackets."""
        return authority_of(self.host, self.port)

    @property
    def host_header(self) -> str:
        """The Host header: the port only where it is not the scheme's own (RFC 9110 §7.2)."""
        default = self.port == _DEFAULT_PORTS[self.scheme]
        return self.authority.rpartition(":")[0] if default else self.authority

    @property
    def origin(self) -> str:
        """`scheme://host:port`: what credentials are bound to (RFC 6454)."""
        return f"{self.scheme}://{self.authority}"

    def reveal(self) -> str:
        """Spell the whole URL out, secrets included: for storing encrypted, never for logs."""
        return f"{self.scheme}://{self.host_header}{self.target}"


def authority_of(host: str, port: int) -> str:
    """Spell `host:port`, with brackets around an IPv6 literal."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_ipv6(host: str) -> bool:
    try:
        return IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _refused(reason: str) -> SourceFailure:
    return SourceFailure(FailureKind.ADDRESS_REFUSED, reason)
