"""Basic credentials and the origins that may see them."""

from base64 import b64encode
from dataclasses import dataclass, field

from connector.adapters.http.web_address import WebAddress
from connector.domain.source import FailureKind, SourceFailure


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    """A user name and (app) password, bound to the address they were given for (RFC 7617).

    They go to the origin of `home`, and over https on port 443 to other hosts of the same entry in
    `sites`: registrable domains of providers known to spread one account over several hosts.
    """

    username: str = field(repr=False)
    password: str = field(repr=False)
    home: WebAddress
    sites: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse (`authentication`) a colon in the name, and control characters."""
        if ":" in self.username or not (self.username + self.password).isprintable():
            raise SourceFailure(FailureKind.AUTHENTICATION, "Basic cannot carry these credentials")

    def header_for(self, address: WebAddress) -> str | None:
        """Give the Authorization header's value, or None where it must not go."""
        if not self.trusts(address):
            return None
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {b64encode(pair).decode('ascii')}"

    def trusts(self, address: WebAddress) -> bool:
        """Tell whether this address may see the credentials."""
        if address.origin == self.home.origin:
            return True
        return any(_belongs(self.home, site) and _belongs(address, site) for site in self.sites)


def _belongs(address: WebAddress, site: str) -> bool:
    on_site = address.host == site or address.host.endswith(f".{site}")
    return on_site and address.origin == f"https://{address.host}:443"
