"""Where the connector may connect to: the operator's rules."""

from dataclasses import dataclass, field

from connector.adapters.http.reachability import IPAddress, Reach, reach_of
from connector.adapters.http.web_address import WebAddress, authority_of
from connector.domain.source import FailureKind, SourceFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressPolicy:
    """Rules for addresses that users supply.

    `allowed_private` lists the operator's own servers as exact `host:port` entries (an on-premises
    CalDAV server, the local stack): for them private networks, plain http and any port are fine.
    `proxy` is an egress proxy's URL; with it names are resolved there, and the proxy owns the check
    of IP addresses.
    """

    allow_http: bool = False
    ports: frozenset[int] = frozenset({80, 443, 8443})
    allowed_private: frozenset[str] = frozenset()
    proxy: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Bring the entries to the spelling addresses have."""
        entries = frozenset(entry.lower() for entry in self.allowed_private)
        if not all(host and port.isdecimal() for host, _, port in map(_split, entries)):
            raise ValueError("allowed_private takes host:port entries")
        object.__setattr__(self, "allowed_private", entries)

    def check(self, address: WebAddress) -> None:
        """Refuse an address by its scheme and port, before anything is sent."""
        if address.authority in self.allowed_private:
            return
        if address.scheme != "https" and not self.allow_http:
            raise SourceFailure(FailureKind.ADDRESS_REFUSED, "plain http is not allowed")
        if address.port not in self.ports:
            raise SourceFailure(FailureKind.ADDRESS_REFUSED, "this port is not allowed")

    def permits(self, ip: IPAddress, host: str, port: int) -> bool:
        """Tell whether `host:port` may be reached at this IP address."""
        reach = reach_of(ip)
        if reach is Reach.PRIVATE:
            return authority_of(host, port) in self.allowed_private
        return reach is Reach.PUBLIC


def _split(entry: str) -> tuple[str, str, str]:
    return entry.rpartition(":")
