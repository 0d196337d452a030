"""The public host leads guests to all they need of booking, and to nothing else."""

from collections.abc import Mapping
from typing import Any

import pytest
from booking.entrypoints.http.app import build_api
from booking.entrypoints.pages import book, booking, meeting_type, reschedule
from manifests import Manifest, changed, of_kind, render, rendered
from starlette.routing import Mount

pytestmark = pytest.mark.unit

_GUESTS = ("/m/", "/b/", "/static", "/v1/public/")


def _routed(manifest: Manifest, host: str) -> Mapping[str, str]:
    """Return an Ingress's paths of a host and the service each leads to."""
    (rule,) = [rule for rule in manifest["spec"]["rules"] if rule["host"] == host]
    paths = rule["http"]["paths"]
    assert {path["pathType"] for path in paths} == {"Prefix"}
    return {path["path"]: path["backend"]["service"]["name"] for path in paths}


def _leads(paths: Mapping[str, str], to: str) -> bool:
    """Tell whether some prefix of whole path elements leads there (Ingress `Prefix`)."""
    return any(to == path or to.startswith(path.rstrip("/") + "/") for path in paths)


def test_the_public_host_has_all_of_the_guests_and_no_more() -> None:
    paths = _routed(of_kind(rendered("production"), "Ingress")["meet"], "book.example.org")
    assert set(paths.values()) == {"meet-booking"}
    routes = _routes_of_booking()
    assert [r for r in routes if r.startswith(_GUESTS) and not _leads(paths, r)] == []
    assert [r for r in routes if not r.startswith(_GUESTS) and _leads(paths, r)] == []


def _routes_of_booking() -> list[str]:
    app = build_api(None, None, None, None)
    pages = [page.router.prefix for page in (meeting_type, book, booking, reschedule)]
    mounts = [route.path for route in app.routes if isinstance(route, Mount)]
    routes = [*app.openapi()["paths"], *pages, *mounts]
    assert {route.split("/")[1] for route in routes} == {"v1", "m", "b", "static"}
    return routes


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("calendars.example.org", "connector"),
        ("availability.example.org", "availability"),
        ("bookings.example.org", "booking"),
    ],
)
def test_each_api_has_a_host_and_keeps_its_probes_to_itself(host: str, service: str) -> None:
    paths = _routed(of_kind(rendered("production"), "Ingress")["meet"], host)
    assert set(paths.values()) == {f"meet-{service}"}
    assert _leads(paths, "/v1/hosts")
    assert not _leads(paths, "/readyz")


def test_an_api_without_a_host_is_not_routed() -> None:
    manifests = render(changed("production", apiHosts={}, httpRoute=_GATEWAY))
    (rule,) = of_kind(manifests, "Ingress")["meet"]["spec"]["rules"]
    assert rule["host"] == "book.example.org"
    assert of_kind(manifests, "HTTPRoute").keys() == {"meet-public"}


_GATEWAY: Mapping[str, Any] = {"enabled": True, "parentRefs": [{"name": "public"}]}


def test_http_routes_lead_where_the_ingress_does() -> None:
    """kubernetes-validate does not know the Gateway API (gateway.networking.k8s.io/v1)."""
    manifests = render(changed("production", httpRoute=_GATEWAY))
    ingress = of_kind(manifests, "Ingress")["meet"]
    routes = of_kind(manifests, "HTTPRoute").values()
    assert {route["apiVersion"] for route in routes} == {"gateway.networking.k8s.io/v1"}
    assert len(routes) == len(ingress["spec"]["rules"])
    for route in routes:
        (host,) = route["spec"]["hostnames"]
        (rule,) = route["spec"]["rules"]
        (backend,) = rule["backendRefs"]
        paths = [match["path"]["value"] for match in rule["matches"]]
        assert dict.fromkeys(paths, backend["name"]) == _routed(ingress, host)
        assert backend["port"] == 8080
        assert route["spec"]["parentRefs"] == [{"name": "public"}]


def test_proxies_are_believed_by_those_they_lead_to() -> None:
    for name, deployment in of_kind(rendered("production"), "Deployment").items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        given = {entry["name"]: entry.get("value") for entry in container["env"]}
        expected = None if name == "meet-notifier" else "10.20.0.0/16"
        assert given.get("FORWARDED_ALLOW_IPS") == expected
