"""Pods speak only to whom they must, and the connector to no private network."""

from collections.abc import Mapping
from typing import Any

import pytest
from connector.adapters.http.egress import EgressPolicy
from manifests import Manifest, changed, of_kind, pods_of, render, rendered
from reach import may_reach

pytestmark = pytest.mark.unit

_PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1::1")
_NOT_PUBLIC = (
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "127.0.0.1",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  # an address to be refused
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "fd00::1",
    "fe80::1",
    "::1",
    "64:ff9b::a00:1",
)


def _policies(**changes: Any) -> dict[str, Manifest]:
    return of_kind(render(changed("required", **changes)), "NetworkPolicy")


@pytest.mark.parametrize("port", sorted(EgressPolicy().ports))
def test_the_connector_reaches_the_public_internet_and_no_private_network(port: int) -> None:
    policy = _policies()["meet-connector"]
    assert [a for a in _PUBLIC if not may_reach(policy, a, port)] == []
    assert [a for a in _NOT_PUBLIC if may_reach(policy, a, port)] == []


def test_an_issuer_or_collector_on_the_webs_ports_does_not_open_private_networks() -> None:
    policy = _policies(
        oidc__issuer="https://id.internal", telemetry__otlpEndpoint="https://otlp.internal:8443"
    )["meet-connector"]
    assert not may_reach(policy, "10.0.0.1", 443)
    assert not may_reach(policy, "10.0.0.1", 8443)


def test_an_issuer_within_is_reached_where_it_is_said_to_be() -> None:
    within = [{"ipBlock": {"cidr": "10.0.7.0/24"}}]
    policy = _policies(networkPolicy={"oidc": within})["meet-connector"]
    assert may_reach(policy, "10.0.7.9", 443)
    assert not may_reach(policy, "10.0.8.9", 443)


def test_through_a_proxy_the_connector_reaches_nothing_but_the_proxy() -> None:
    policy = of_kind(rendered("production"), "NetworkPolicy")["meet-connector"]
    assert may_reach(policy, "10.10.9.9", 3128)
    assert [a for a in (*_PUBLIC, *_NOT_PUBLIC) if may_reach(policy, a, 443)] == []


@pytest.mark.parametrize("service", ["connector", "availability", "booking", "notifier"])
def test_every_service_reaches_its_database_and_every_broker(service: str) -> None:
    policy = of_kind(rendered("production"), "NetworkPolicy")[f"meet-{service}"]
    for address, port in (("10.10.0.5", 6432), ("10.10.1.1", 9093), ("10.10.1.2", 9094)):
        assert may_reach(policy, address, port)
        assert not may_reach(policy, "10.99.0.1", port)


def test_only_the_notifier_reaches_the_mail_server() -> None:
    policies = of_kind(rendered("production"), "NetworkPolicy")
    reaching = {name for name, policy in policies.items() if may_reach(policy, "10.10.3.3", 465)}
    assert reaching == {"meet-notifier"}


def test_booking_reaches_availability() -> None:
    manifests = rendered("production")
    wanted = of_kind(manifests, "Service")["meet-availability"]["spec"]["selector"]
    rules = of_kind(manifests, "NetworkPolicy")["meet-booking"]["spec"]["egress"]
    peers = [
        peer["podSelector"]["matchLabels"]
        for rule in rules
        for peer in rule.get("to", [])
        if "podSelector" in peer
    ]
    assert peers == [wanted]


@pytest.mark.parametrize("case", ["production", "highly-available", "required"])
def test_every_pod_has_one_policy_that_is_there_before_it(case: str) -> None:
    manifests = rendered(case)
    policies = of_kind(manifests, "NetworkPolicy")
    idle = set(policies)
    for pod in pods_of(manifests):
        (policy,) = [p for p in policies.values() if _selects(p["spec"]["podSelector"], pod.labels)]
        idle.discard(policy["metadata"]["name"])
        hook, weight = _hook(pod.owner)
        assert _hook(policy)[0] == hook
        assert hook is None or _hook(policy)[1] < weight
    assert idle == set()


def test_jobs_reach_what_they_prepare_and_nothing_else() -> None:
    policies = of_kind(rendered("production"), "NetworkPolicy")
    reached = {
        name: [address for address in _SERVERS if may_reach(policies[name], *address)]
        for name in ("meet-migrate-hook", "meet-topics-hook", "meet-canary")
    }
    postgres, kafka = ("10.10.0.5", 6432), ("10.10.1.1", 9093)
    assert reached == {
        "meet-migrate-hook": [postgres],
        "meet-topics-hook": [kafka],
        "meet-canary": [],
    }


_SERVERS = (("10.10.0.5", 6432), ("10.10.1.1", 9093), ("10.10.2.2", 8443), ("10.10.3.3", 465))


def _selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    return wanted and all(
        labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", [])
    )


def _hook(manifest: Manifest) -> tuple[str | None, int]:
    annotations: dict[str, str] = manifest["metadata"].get("annotations") or {}
    return annotations.get("helm.sh/hook"), int(annotations.get("helm.sh/hook-weight", "0"))


def test_who_may_come_in() -> None:
    policies = of_kind(rendered("production"), "NetworkPolicy")
    assert "ingress" not in policies["meet-notifier"]["spec"]
    (rule,) = policies["meet-booking"]["spec"]["ingress"]
    inside, ingress = rule["from"]
    assert inside["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "meet"
    assert "namespaceSelector" in ingress
    (open_to_all,) = _policies()["meet-booking"]["spec"]["ingress"]
    assert "from" not in open_to_all
