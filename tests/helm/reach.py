"""Where a NetworkPolicy lets a pod go, asked by address."""

import ipaddress
from collections.abc import Mapping
from typing import Any


def may_reach(policy: Mapping[str, Any], address: str, port: int) -> bool:
    """Tell whether some egress rule lets the pods reach this address outside the cluster."""
    assert "Egress" in policy["spec"]["policyTypes"]
    return any(
        _on_port(rule, port) and _to_address(rule, address) for rule in policy["spec"]["egress"]
    )


def _on_port(rule: Mapping[str, Any], port: int) -> bool:
    ports = [entry["port"] for entry in rule.get("ports", []) if entry["protocol"] == "TCP"]
    return "ports" not in rule or port in ports


def _to_address(rule: Mapping[str, Any], address: str) -> bool:
    if "to" not in rule:
        return True
    blocks = [peer["ipBlock"] for peer in rule["to"] if "ipBlock" in peer]
    return any(
        _within(address, [block["cidr"]]) and not _within(address, block.get("except", []))
        for block in blocks
    )


def _within(address: str, networks: list[str]) -> bool:
    ip = ipaddress.ip_address(address)
    return any(
        ip.version == network.version and ip in network
        for network in map(ipaddress.ip_network, networks)
    )
