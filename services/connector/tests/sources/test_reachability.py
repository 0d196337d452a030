from ipaddress import IPv6Address, ip_address, ip_network

import pytest
from connector.adapters.http.reachability import IPAddress, Reach, reach_of
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.unit

_INTERNAL = [
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16"),
    *("100.64.0.0/10", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"),
]


def internal_ipv4() -> st.SearchStrategy[IPAddress]:
    return st.one_of([st.ip_addresses(v=4, network=block) for block in _INTERNAL])


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_global_unicast_is_public(text: str) -> None:
    assert reach_of(ip_address(text)) is Reach.PUBLIC


@pytest.mark.parametrize(
    "text", ["10.1.2.3", "127.0.0.1", "100.64.0.1", "192.168.1.1", "::1", "fd00::1"]
)
def test_own_networks_are_private(text: str) -> None:
    assert reach_of(ip_address(text)) is Reach.PRIVATE


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "169.254.169.254", "192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1"),  # noqa: S104 - the unspecified address is a value here
        *("239.255.255.250", "240.0.0.1", "255.255.255.255", "203.0.113.9"),
        *("::", "::8.8.8.8", "::ffff:8.8.8.8", "fe80::1", "fe80::1%eth0", "fec0::1", "ff0e::1"),
        *("2001::1", "2001:db8::1", "2002:808:808::", "64:ff9b:1::808:808", "3fff::1", "5f00::1"),
        "2606:4700::1111%eth0",
    ],
)
def test_special_addresses_are_for_nobody(text: str) -> None:
    assert reach_of(ip_address(text)) is Reach.NEVER


@given(internal_ipv4())
def test_no_internal_ipv4_address_is_public(address: IPAddress) -> None:
    assert reach_of(address) is not Reach.PUBLIC


@given(
    internal_ipv4(),
    st.sampled_from(
        [("::", 0), ("::ffff:0:0", 0), ("64:ff9b::", 0), ("64:ff9b:1::", 0), ("2002::", 80)]
    ),
)
def test_no_ipv6_disguise_makes_an_internal_address_public(
    v4: IPAddress, disguise: tuple[str, int]
) -> None:
    prefix, shift = disguise
    assert reach_of(IPv6Address(int(IPv6Address(prefix)) | int(v4) << shift)) is not Reach.PUBLIC


@given(st.ip_addresses(v=6))
def test_public_ipv6_lies_in_global_unicast_or_nat64(address: IPAddress) -> None:
    if reach_of(address) is Reach.PUBLIC:
        assert any(address in ip_network(block) for block in ("2000::/3", "64:ff9b::/96"))


@given(st.ip_addresses())
def test_nothing_public_is_special_to_python(address: IPAddress) -> None:
    if reach_of(address) is Reach.PUBLIC:
        assert address.is_global
        assert not address.is_multicast
