"""What the manifests say and what the services take are the same."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from booking.settings import BookingSettings
from connector.settings import ConnectorSettings
from entente_cli.kafka import OperatorSettings
from helm_python import Chart
from manifests import CASES, CHART, Pod, changed, of_kind, pods_of, render, rendered
from told import MODELS, loaded, unknown

pytestmark = pytest.mark.unit

# Read by libpq's URL parser in asyncpg, by uvicorn, by OpenTelemetry and by the manifest itself.
OTHERS = {"PGUSER", "PGPASSWORD", "FORWARDED_ALLOW_IPS", "OTEL_RESOURCE_ATTRIBUTES", "POD_NAME"}
OPERATORS_OWN = {"SSL_CERT_FILE"}
_KEY = base64.b64encode(bytes(32)).decode()
# What an operator's secret may hold, by the key it is read from.
_SECRETS = {"encryption-keys": json.dumps([_KEY]), "pseudonym-key": _KEY, "current": "k" * 32}


@pytest.mark.parametrize("case", CASES)
def test_every_variable_is_known(case: str) -> None:
    for pod in pods_of(rendered(case)):
        service = _service_of(pod)
        for container in pod.containers:
            given = {str(entry["name"]) for entry in container.get("env", [])}
            strange = unknown(service if service in MODELS else None, given)
            assert strange - OTHERS - OPERATORS_OWN == set(), pod.name


@pytest.mark.parametrize("case", CASES)
def test_the_services_start_with_what_they_are_given(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deployments and migrations load the same model; `load` ends the process when it refuses."""
    for pod in pods_of(rendered(case)):
        if model := MODELS.get(_service_of(pod)):
            _load(model, pod, monkeypatch)


@pytest.mark.parametrize("case", CASES)
def test_operators_commands_find_kafka_in_every_pod(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pod in pods_of(rendered(case)):
        if "env" in pod.containers[0]:
            _load(OperatorSettings, pod, monkeypatch)


def test_a_required_setting_that_is_missing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    (pod,) = [p for p in pods_of(rendered("required")) if p.name == "meet-booking"]
    pod.containers[0]["env"][:] = [
        entry for entry in pod.containers[0]["env"] if entry["name"] != "BOOKING__AVAILABILITY__URL"
    ]
    try:
        with pytest.raises(SystemExit):
            _load(BookingSettings, pod, monkeypatch)
    finally:
        rendered.cache_clear()


def test_settings_reach_the_service_with_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    (pod,) = [p for p in pods_of(rendered("production")) if p.name == "meet-connector"]
    settings = _load(ConnectorSettings, pod, monkeypatch)
    assert settings.egress.allowed_private == frozenset({"dav.internal:443"})
    assert settings.tenants.max_calendars_of == {"acme": 5000}
    assert settings.sync.interval_seconds == 120
    assert settings.postgres.pool_size == 20
    assert settings.kafka.sasl_mechanism == "SCRAM-SHA-256"


@pytest.mark.parametrize("service", MODELS)
def test_every_setting_of_the_schema_is_one_of_the_service(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none that the chart sets itself, which would be there twice."""
    with Chart.load(CHART) as chart:
        schema: Any = chart.schema
    leaves = schema["$defs"][f"{service}Settings"]["properties"]
    examples = {name: _example(leaf) for name, leaf in leaves.items()}
    manifests = render(changed("required", **{f"{service}__settings": examples}))
    (pod,) = [p for p in pods_of(manifests) if p.name == f"meet-{service}"]
    names = [entry["name"] for entry in pod.containers[0]["env"]]
    assert len(names) == len(set(names))
    _load(MODELS[service], pod, monkeypatch)


def test_mails_link_to_where_the_ingress_listens() -> None:
    manifests = rendered("production")
    (pod,) = [p for p in pods_of(manifests) if p.name == "meet-notifier"]
    given = {entry["name"]: entry.get("value") for entry in pod.containers[0]["env"]}
    hosts = [rule["host"] for rule in of_kind(manifests, "Ingress")["meet"]["spec"]["rules"]]
    assert given["NOTIFIER__PUBLIC_BASE_URL"] == f"https://{hosts[0]}"


def _example(leaf: Mapping[str, Any]) -> Any:
    if leaf.get("default") is not None:
        return leaf["default"]
    kinds = {option.get("type") for option in leaf.get("anyOf", [leaf])}
    return {"integer": 3, "object": {"a": 1}, "string": "http://zipkin:9411/api/v2/spans"}[
        next(kind for kind in kinds if kind != "null")
    ]


def _service_of(pod: Pod) -> str:
    return pod.labels["app.kubernetes.io/component"].removesuffix("-migrate")


def _load(model: type[Any], pod: Pod, monkeypatch: pytest.MonkeyPatch) -> Any:
    entries = [entry for container in pod.containers for entry in container["env"]]
    return loaded(model, {entry["name"]: _value(entry) for entry in entries}, monkeypatch)


def _value(entry: Mapping[str, Any]) -> str:
    if "value" in entry:
        return str(entry["value"])
    key = entry["valueFrom"].get("secretKeyRef", {}).get("key", "")
    inline = {
        "connector-encryption-keys": _SECRETS["encryption-keys"],
        "connector-pseudonym-key": _KEY,
    }
    return {**_SECRETS, **inline}.get(key, "x" * 32)
