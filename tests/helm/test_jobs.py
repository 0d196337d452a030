"""Migrations and topics: as hooks they need nothing that the release has not made yet."""

from collections.abc import Mapping
from typing import Any

import pytest
from entente_contracts import topics
from manifests import CASES, Manifest, changed, nodes, of_kind, pods_of, render, rendered
from messaging.settings import EnvironmentSettings, load
from messaging.topology import all_topics, installed

pytestmark = pytest.mark.unit

SERVICES = ("connector", "availability", "booking", "notifier")


@pytest.mark.parametrize("case", CASES)
def test_a_hook_reads_only_what_is_there_before_it(case: str) -> None:
    manifests = rendered(case)
    made_later = {(m["kind"], m["metadata"]["name"]) for m in manifests if _weight(m) is None}
    hooks = [pod for pod in pods_of(manifests) if _weight(pod.owner) == 0]
    for pod in hooks:
        needed = {("Secret", name) for name in _secrets_of(pod.spec)}
        assert not needed & made_later, pod.name
        assert "serviceAccountName" not in pod.spec


def test_inline_secrets_come_before_the_hooks_that_read_them() -> None:
    manifests = rendered("development")
    made = {
        m["metadata"]["name"] for m in manifests if m["kind"] == "Secret" and (_weight(m) or 0) < 0
    }
    for pod in pods_of(manifests):
        if _weight(pod.owner) == 0:
            assert _secrets_of(pod.spec) <= made, pod.name


def test_the_deployments_read_secrets_that_upgrades_keep() -> None:
    """Hook objects are deleted and made again."""
    manifests = rendered("development")
    kept = {
        m["metadata"]["name"] for m in manifests if m["kind"] == "Secret" and _weight(m) is None
    }
    for pod in pods_of(manifests):
        if pod.owner["kind"] == "Deployment":
            assert _secrets_of(pod.spec) <= kept, pod.name


def test_migrations_run_as_the_owner_of_the_tables_where_there_is_one() -> None:
    pods = {pod.name: pod for pod in pods_of(rendered("production"))}
    read = {
        name: {
            entry["name"]: entry["valueFrom"]["secretKeyRef"]["name"]
            for entry in pods[name].containers[0]["env"]
            if entry["name"] in {"PGUSER", "PGPASSWORD"}
        }
        for name in ("meet-booking", "meet-booking-migrate")
    }
    assert set(read["meet-booking"].values()) == {"postgres-booking"}
    assert set(read["meet-booking-migrate"].values()) == {"postgres-booking-owner"}


@pytest.mark.parametrize("service", ["connector", "availability", "notifier"])
def test_migrations_run_in_the_services_own_image_and_environment(service: str) -> None:
    pods = {pod.name: pod for pod in pods_of(rendered("production"))}
    (job,), (deployed,) = (
        pods[f"meet-{service}-migrate"].containers,
        pods[f"meet-{service}"].containers,
    )
    assert job["image"] == deployed["image"]
    assert job["env"] == deployed["env"]
    assert job["command"] == [*deployed["command"], "migrate"]


def test_the_topics_job_makes_every_topic() -> None:
    """Each image knows its own service's dead letters; together they are all there are."""
    (job,) = [pod for pod in pods_of(rendered("required")) if pod.name == "meet-topics"]
    services = [container["name"] for container in job.containers]
    made = {
        topic.name for service in services for topic in all_topics({service: installed()[service]})
    }
    assert services == list(SERVICES)
    wanted = {name: installed()[name] for name in SERVICES}
    assert made == {topic.name for topic in all_topics(wanted)} > {t.name for t in topics.ALL}


def test_a_job_that_is_no_hook_is_another_when_its_image_is() -> None:
    before = of_kind(rendered("highly-available"), "Job")
    same = of_kind(render(changed("highly-available", ingress__className="other")), "Job")
    after = of_kind(render(changed("highly-available", image__tag="0.2.0")), "Job")
    assert before == same
    assert len(before) == len(after) == len(SERVICES) + 1
    assert not before.keys() & after.keys()
    assert all(_weight(job) is None for job in before.values())


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_that_refuses_its_settings_is_not_tried_again(service: str) -> None:
    job = of_kind(rendered("required"), "Job")[f"meet-{service}-migrate"]
    (rule,) = job["spec"]["podFailurePolicy"]["rules"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    with pytest.raises(SystemExit) as refused:
        load(Incomplete)
    assert rule["action"] == "FailJob"
    assert rule["onExitCodes"]["containerName"] == container["name"]
    assert rule["onExitCodes"]["values"] == [refused.value.code]


class Incomplete(EnvironmentSettings):
    """Settings of which one is missing."""

    missing_on_purpose: str


def test_hooks_do_not_have_the_names_of_what_a_release_owns() -> None:
    """Hook objects stay when the mode changes, and Helm refuses to take them over."""
    hooks = {(m["kind"], m["metadata"]["name"]) for m in rendered("required") if _weight(m)}
    jobs = changed("required", migrations={"mode": "job"}, topics={"mode": "job"})
    assert hooks
    assert not hooks & {(m["kind"], m["metadata"]["name"]) for m in render(jobs)}


def test_nothing_runs_when_operators_do_it_themselves() -> None:
    assert not of_kind(rendered("plain"), "Job")


def _weight(manifest: Manifest) -> int | None:
    """Return a pre-install hook's weight; None for what is no such hook."""
    annotations: dict[str, str] = manifest["metadata"].get("annotations") or {}
    if "pre-install" not in annotations.get("helm.sh/hook", ""):
        return None
    assert annotations["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"
    return int(annotations["helm.sh/hook-weight"])


def _secrets_of(spec: Mapping[str, Any]) -> set[str]:
    return {
        str(node["secretName"] if "secretName" in node else node["secretKeyRef"]["name"])
        for _, node in nodes(spec)
        if node.keys() & {"secretName", "secretKeyRef"}
    }
