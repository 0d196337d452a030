"""What holds for every pod: Pod Security `restricted`, resources, nothing more than it needs."""

from collections.abc import Mapping
from typing import Any

import pytest
from manifests import CASES, Pod, changed, of_kind, pods_of, render, rendered

pytestmark = pytest.mark.unit

_VOLUMES = {"configMap", "emptyDir", "secret"}


def _pods() -> list[Any]:
    return [
        pytest.param(pod, id=f"{case}-{pod.name}")
        for case in CASES
        for pod in pods_of(rendered(case))
    ]


@pytest.mark.parametrize("pod", _pods())
def test_a_pod_is_restricted(pod: Pod) -> None:
    """Pod Security Standards, level restricted (kubernetes.io)."""
    spec = pod.spec
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    for volume in spec.get("volumes", []):
        assert volume.keys() - {"name"} <= _VOLUMES
    for container in pod.containers:
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["readOnlyRootFilesystem"] is True
        assert security.get("privileged", False) is False
        assert not any("hostPort" in port for port in container.get("ports", []))


@pytest.mark.parametrize("pod", _pods())
def test_a_pod_has_no_token_and_bounded_memory(pod: Pod) -> None:
    assert pod.spec["automountServiceAccountToken"] is False
    assert pod.spec["enableServiceLinks"] is False
    for container in pod.containers:
        resources = container["resources"]
        assert {"cpu", "memory"} <= resources["requests"].keys()
        assert "memory" in resources["limits"]
        assert any(mount["mountPath"] == "/tmp" for mount in container["volumeMounts"])  # noqa: S108  # of the pod


@pytest.mark.parametrize("pod", [p for p in _pods() if p.values[0].owner["kind"] == "Deployment"])
def test_a_service_is_probed_and_spread(pod: Pod) -> None:
    (container,) = pod.containers
    paths = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in _PROBES}
    assert paths == _PROBES
    patience = container["startupProbe"]
    assert patience["periodSeconds"] * patience["failureThreshold"] >= 120
    for spread in pod.spec["topologySpreadConstraints"]:
        assert spread["whenUnsatisfiable"] == "ScheduleAnyway"
        assert spread["labelSelector"]["matchLabels"].items() <= pod.labels.items()


_PROBES = {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}


@pytest.mark.parametrize("case", CASES)
def test_a_budget_is_there_when_there_is_more_than_one_pod(case: str) -> None:
    manifests = rendered(case)
    scalers = of_kind(manifests, "HorizontalPodAutoscaler")
    several = {
        name
        for name, deployment in of_kind(manifests, "Deployment").items()
        if deployment["spec"].get("replicas", 2) > 1
    }
    assert of_kind(manifests, "PodDisruptionBudget").keys() == several
    assert scalers.keys() <= several


def test_an_autoscaler_owns_the_number_of_pods() -> None:
    manifests = rendered("highly-available")
    scaled = of_kind(manifests, "HorizontalPodAutoscaler").keys()
    assert scaled == {"meet-availability", "meet-booking"}
    for name, deployment in of_kind(manifests, "Deployment").items():
        assert ("replicas" not in deployment["spec"]) == (name in scaled)


@pytest.mark.parametrize(
    ("settings", "booking", "notifier"),
    [
        ({}, 5 + 15 + 15 + 10, 15 + 15 + 30 + 10),
        ({"HTTP__DRAIN_SECONDS": 20.5}, 5 + 21 + 21 + 10, 21 + 21 + 30 + 10),
    ],
)
def test_a_pod_has_the_time_to_finish(
    settings: Mapping[str, Any], booking: int, notifier: int
) -> None:
    pods = {p.name: p for p in pods_of(render(changed("required", defaults__settings=settings)))}
    assert pods["meet-booking"].spec["terminationGracePeriodSeconds"] == booking
    assert pods["meet-notifier"].spec["terminationGracePeriodSeconds"] == notifier


def test_the_notifier_outlives_a_dialogue_with_the_mail_server() -> None:
    slow = changed("required", notifier__settings={"SMTP__TIMEOUT_SECONDS": 90})
    pods = {p.name: p for p in pods_of(render(slow))}
    assert pods["meet-notifier"].spec["terminationGracePeriodSeconds"] > 90 + 15


def test_a_changed_inline_secret_replaces_the_pods_that_read_it() -> None:
    def checksums(password: str) -> dict[str, Any]:
        values = changed("development", booking__oidcClient__value=password)
        return {
            name: deployment["spec"]["template"]["metadata"]["annotations"]
            for name, deployment in of_kind(render(values), "Deployment").items()
        }

    before, after = checksums("one"), checksums("other")
    assert {name for name in before if before[name] != after[name]} == {"meet-booking"}
