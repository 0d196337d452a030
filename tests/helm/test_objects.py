"""Every object is what Kubernetes takes, by its own schemas and for each version we name."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import kubernetes_validate
import pytest
from helm_python import lint
from manifests import CASES, CHART, Manifest, nodes, of_kind, pods_of, render, rendered, values_of

pytestmark = pytest.mark.unit

VERSIONS = ("1.30", "1.32", "1.34", "1.36", "1.37")
_MAX_NAME = 63
# Custom resources, which kubernetes-validate does not know.
_NOT_KUBERNETES = {"HTTPRoute"}


@pytest.fixture(scope="module", autouse=True)
def schemas_read_once() -> Iterator[None]:
    """Megabytes of JSON, read anew for every object otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        read = kubernetes_validate.utils.schema_contents
        patch.setattr(kubernetes_validate.utils, "schema_contents", cache(read))
        yield


@pytest.mark.parametrize("case", CASES)
def test_lint_finds_nothing(case: str) -> None:
    report = lint(CHART, values_of(case), strict=True, namespace="bookings")
    assert not report["errors"]
    assert [m for m in report["messages"] if m["severity"] > 1] == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES)
def test_kubernetes_takes_every_object(case: str, version: str) -> None:
    for manifest in rendered(case):
        if manifest["kind"] not in _NOT_KUBERNETES:
            kubernetes_validate.validate(dict(manifest), version, strict=True)


def test_validation_is_strict() -> None:
    deployment = dict(next(m for m in rendered("required") if m["kind"] == "Deployment"))
    deployment["spec"] = {**deployment["spec"], "replcas": 1}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, "1.37", strict=True)


def test_nothing_is_left_when_everything_is_off() -> None:
    assert rendered("off") == ()


@pytest.mark.parametrize("case", CASES)
def test_names_are_short_and_used_once(case: str) -> None:
    """Helm allows 53 characters for the release."""
    manifests = render(values_of(case), release="r" * 53)
    names = Counter((m["kind"], m["metadata"]["name"]) for m in manifests)
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for _, name in names if len(name) > _MAX_NAME] == []


@pytest.mark.parametrize("case", CASES)
def test_no_list_has_a_key_twice(case: str) -> None:
    """Server-side apply refuses it."""
    for pod in pods_of(rendered(case)):
        for container in pod.containers:
            for field in ("env", "volumeMounts", "ports"):
                names = Counter(str(item["name"]) for item in container.get(field, []))
                assert [name for name, count in names.items() if count > 1] == [], pod.name


@pytest.mark.parametrize("case", CASES)
def test_every_mount_has_its_volume_and_every_volume_its_mount(case: str) -> None:
    for pod in pods_of(rendered(case)):
        volumes = {volume["name"] for volume in pod.spec.get("volumes", [])}
        mounted = {m["name"] for c in pod.containers for m in c.get("volumeMounts", [])}
        assert volumes == mounted, pod.name


@pytest.mark.parametrize("case", CASES)
def test_each_selector_finds_one_deployments_pods(case: str) -> None:
    manifests = rendered(case)
    pods = pods_of(manifests)
    for kind, path in (
        ("Service", ("selector",)),
        ("Deployment", ("selector", "matchLabels")),
        ("PodDisruptionBudget", ("selector", "matchLabels")),
    ):
        for name, manifest in of_kind(manifests, kind).items():
            wanted = manifest["spec"]
            for step in path:
                wanted = wanted[step]
            found = [pod.name for pod in pods if wanted.items() <= pod.labels.items()]
            assert found == [name], kind


def test_pods_are_not_replaced_for_another_chart_of_the_same_image() -> None:
    for pod in pods_of(rendered("production")):
        assert "helm.sh/chart" not in pod.labels or pod.owner["kind"] == "Pod"


def test_secrets_are_in_secrets_only() -> None:
    """A value given for development is in no object but a Secret, where it is encoded."""
    given = _inline(values_of("development"))
    assert given
    for manifest in rendered("development"):
        if manifest["kind"] != "Secret":
            assert not given & _texts(manifest), manifest["metadata"]["name"]


def _inline(values: Any) -> set[str]:
    return {
        str(node[key])
        for _, node in nodes(values)
        for key in ("password", "value")
        if len(str(node.get(key, ""))) > 10
    }


def _texts(manifest: Manifest) -> set[str]:
    return {text for _, node in nodes(manifest) for text in node.values() if isinstance(text, str)}
