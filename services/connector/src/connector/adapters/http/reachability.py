"""Which IP addresses a user may make us connect to.

Decided on parsed addresses at connect time, never on strings or names. `ipaddress.is_global` alone
is not enough: it calls multicast, IPv4-mapped, NAT64 and 6to4 addresses global, and its tables
differ between Python releases; so the exceptions are spelled out (IANA special-purpose registries,
RFC 6890).
"""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address


class Reach(StrEnum):
    """How far an address reaches."""

    PUBLIC = "public"
    """Global unicast: anyone's server."""
    PRIVATE = "private"
    """Loopback, RFC 1918, CGNAT, unique local: only where the operator lists the server."""
    NEVER = "never"
    """Link-local (cloud metadata), multicast, unspecified, reserved, disguised: for nobody."""


_PRIVATE = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
_NEVER = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # IETF assignments, Teredo and ORCHID among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address past the checks above
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def reach_of(address: IPAddress) -> Reach:
    """Classify one address. NAT64 (RFC 6052) is judged by the IPv4 address that it stands for."""
    if address in _NAT64:
        return reach_of(IPv4Address(int(address) & 0xFFFF_FFFF))
    if any(address in block for block in _PRIVATE):
        return Reach.PRIVATE
    if any(address in block for block in _NEVER):
        return Reach.NEVER
    if isinstance(address, IPv6Address):
        public = address in _GLOBAL_UNICAST and address.scope_id is None
    else:
        public = True
    return Reach.PUBLIC if public and address.is_global else Reach.NEVER


def parse_ip(text: str) -> IPAddress | None:
    """Read an IP literal in its one canonical family of spellings; None for a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None
