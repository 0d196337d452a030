"""A release from its installation to its end, by the commands of the operators' pages.

The tests are chapters: each takes the release as the one before has left it.
"""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cluster import CommandError
from crowd import crowd
from journal.lab.eventually import eventually
from page import INSTALL, OPERATE
from port_forward import forwarded
from preparing import remake_availability
from release import NAMESPACE, NEW, OLD, Release
from servers import SERVICES
from stack.clients.mails import CaughtMail
from stack.smoke.journey import Places, travel
from stage import Stage
from walk.history import Asked

# Making a cluster takes its own time, see `the_cluster`.
pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900, func_only=True)]

_BEFORE = _AFTER = 5.0


async def test_it_is_installed_where_pods_are_restricted(release: Release) -> None:
    namespace = await release.cluster.get("namespace", NAMESPACE)
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert await release.images() == {OLD}
    for service in SERVICES:
        for pod in await release.pods(service):
            conditions = {c["type"]: c["status"] for c in pod["status"]["conditions"]}
            assert conditions["Ready"] == "True", service
            assert all(c["restartCount"] == 0 for c in pod["status"]["containerStatuses"])


async def test_helm_test_books_reads_and_cancels(release: Release, stage: Stage) -> None:
    bookings = str(release.booking.base_url).rstrip("/")
    make = INSTALL.block("BOOKINGS=").replace("https://bookings.example.org", bookings)
    token = await release.stack.issuer.token("canary", tenant="canary")
    await release.run(make, TOKEN=token)
    said = await release.run(INSTALL.block("helm upgrade"))
    steps = [json.loads(line) for line in re.findall(r'\{"canary".*\}', said)]
    assert [step["canary"] for step in steps] == ["booked", "stands", "cancelled"]
    stage.asked.append(Asked("canary@example.org", steps[0]["booking"], "booked"))
    release.values["canary"] = {
        "enabled": True,
        "meetingType": "canary",
        "guestAddress": "canary@example.org",
    }


async def test_guests_book_through_the_service_that_the_ingress_names(
    release: Release, stage: Stage
) -> None:
    ingress = await release.cluster.get("--namespace", NAMESPACE, "ingress", release.name)
    host = release.values["publicUrl"].removeprefix("https://")
    (rule,) = [rule for rule in ingress["spec"]["rules"] if rule["host"] == host]
    (backend,) = {path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    diary, offered = stage.diaries[0], stage.offers[0]
    radicale = release.stack.radicale.authority

    async def letters() -> list[CaughtMail]:
        return [
            CaughtMail("", (mail.recipient,), mail.message)
            for mail in release.servers.post.accepted
        ]

    async with forwarded(release, f"service/{backend}") as url:
        places = Places(
            page=f"{url}/m/{offered.slug}",
            calendar=f"http://ada:ada@{radicale}{diary.calendar.path}",
            host="the host",
            mails=letters,
        )
        seen = await travel(places, lambda _: None)
    stage.asked.append(Asked("gus@example.net", seen.booking, "booked"))
    await stage.tells_one_story()


async def test_an_upgrade_is_not_noticed_by_those_who_book(release: Release, stage: Stage) -> None:
    release.values["image"]["tag"] = NEW
    release.values["booking"]["settings"]["SAGA__ANSWER_SECONDS"] = 25
    release.values["telemetry"]["sampleRatio"] = 0.5
    async with crowd(stage) as visitors:
        await asyncio.sleep(_BEFORE)
        await release.upgrade()
        await asyncio.sleep(_AFTER)
    assert await release.images() == {NEW}
    assert visitors.failed == []
    assert visitors.booked > 20
    assert visitors.cancelled > 5
    await stage.tells_one_story()


async def test_an_upgrade_to_pods_that_never_become_ready_is_rolled_back(
    release: Release, stage: Stage
) -> None:
    good = release.values["image"]["tag"]
    release.values["image"]["tag"] = "none-such"
    try:
        async with crowd(stage) as visitors:
            with pytest.raises(CommandError):
                await release.upgrade(
                    further=" --set migrations.mode=none --set topics.mode=none --timeout 30s"
                )
            for service in SERVICES:
                assert await _ready(release, service, tag=good), service
            assert not await _ready(release, "booking", tag="none-such")
            await release.roll_back()
            await asyncio.sleep(_AFTER)
    finally:
        release.values["image"]["tag"] = good
    assert await release.images() == {good}
    assert visitors.failed == []
    assert visitors.booked > 20
    await stage.tells_one_story()


async def test_jobs_that_are_no_hooks_migrate_beside_the_pods(
    release: Release, stage: Stage
) -> None:
    release.values["image"]["tag"] = OLD
    release.values["migrations"] = {"mode": "job"}
    release.values["topics"]["mode"] = "job"
    async with crowd(stage) as visitors:
        await release.upgrade(further=" --wait-for-jobs")
    assert await release.images() == {OLD}
    jobs = await _jobs_that_are_no_hooks(release)
    assert len(jobs) == len(SERVICES) + 1
    assert all(job["status"]["succeeded"] == 1 for job in jobs)
    assert visitors.failed == []
    await stage.tells_one_story()


async def test_a_lost_projection_is_migrated_by_hand_and_rebuilt(
    release: Release, stage: Stage
) -> None:
    """Availability has nothing of its own, so its database may be made anew."""
    release.values["migrations"] = {"mode": "none"}
    release.values["topics"]["mode"] = "none"
    release.values["availability"]["settings"] = {"READING__CONNECTIONS": 6}
    await remake_availability(release.servers)
    async with asyncio.TaskGroup() as tasks:
        upgrading = tasks.create_task(release.upgrade())
        waiting = await eventually(lambda: _unready(release, "availability"), bool)
        await eventually(
            lambda: _problems(release, waiting[0]), lambda said: "SchemaBehind" in said
        )
        assert not upgrading.done()
        await release.run(OPERATE.block("helm template"))
    assert await _unready(release, "availability") == []
    said = await release.run(OPERATE.block("kubectl --namespace entente exec deployment/entente-a"))
    assert "rebuilt from" in said
    by_hand = [job["metadata"]["name"] for job in await _jobs_that_are_no_hooks(release)]
    await release.kubectl("delete", "job", *by_hand)
    await stage.tells_one_story()


async def test_consumers_come_and_go_under_load(release: Release, stage: Stage) -> None:
    async with crowd(stage) as visitors:
        for replicas in (3, 2):
            for service in SERVICES:
                name = f"deployment/{release.name}-{service}"
                await release.kubectl("scale", name, f"--replicas={replicas}")
            await release.becomes_ready()
    assert visitors.failed == []
    assert visitors.booked > 20
    await stage.tells_one_story()


async def test_bookings_outlive_pods_that_are_killed(release: Release, stage: Stage) -> None:
    async with crowd(stage) as visitors:
        for service in SERVICES:
            await asyncio.sleep(_BEFORE)
            (first, *_) = await release.pods(service)
            await _kill(stage, service, first["metadata"]["name"])
        await release.becomes_ready()
    assert visitors.failed == []
    assert visitors.booked > 20
    await stage.tells_one_story()


@pytest.mark.parametrize("service", ["booking", "connector"])
async def test_a_booking_outlives_all_pods_that_have_it_in_hand(
    release: Release, stage: Stage, service: str
) -> None:
    offered, calendars, now = stage.offers[0], release.stack.radicale, datetime.now(UTC)
    start, *_ = await offered.slots(now + timedelta(days=30), now + timedelta(days=58))
    calendars.pause()  # so that the entry is not written before the pods are gone
    try:
        booking = await offered.book(start)
        stage.asked.append(Asked(booking.guest, booking.id, "booked"))
        assert (await booking.seen())["status"] == "confirming"
        pods = [pod["metadata"]["name"] for pod in await release.pods(service)]
        await _kill(stage, service, *pods)
    finally:
        calendars.resume()
    await release.becomes_ready()
    await booking.becomes("confirmed")
    await stage.tells_one_story()


async def test_mails_outlive_all_notifiers_that_have_them_in_hand(
    release: Release, stage: Stage
) -> None:
    offered, post, now = stage.offers[1], release.servers.post.script, datetime.now(UTC)
    start, *_ = await offered.slots(now + timedelta(days=30), now + timedelta(days=58))
    post.delay = 3.0  # so that no mail is accepted before the pods are gone
    try:
        booking = await offered.book(start)
        stage.asked.append(Asked(booking.guest, booking.id, "booked"))

        async def is_being_mailed() -> bool:
            return booking.guest in post.dialogues

        await eventually(is_being_mailed, bool)
        pods = [pod["metadata"]["name"] for pod in await release.pods("notifier")]
        await _kill(stage, "notifier", *pods)
    finally:
        post.delay = 0.0
    await release.becomes_ready()
    await stage.tells_one_story()


async def test_nothing_is_left_but_what_the_readme_names(release: Release) -> None:
    """Last: nothing is there for other tests afterwards."""
    removal = INSTALL.block("helm uninstall").splitlines()
    await release.run(removal[0])
    assert await _left(release) == {
        *(f"job/{release.name}-{service}-migrate" for service in SERVICES),
        f"job/{release.name}-topics",
        *(f"{kind}/{release.name}-canary" for kind in ("pod", "configmap", "networkpolicy")),
        *(f"networkpolicy/{release.name}-{job}-hook" for job in ("migrate", "topics")),
    }
    await release.run(removal[1])
    assert await _left(release) == set()


async def _kill(stage: Stage, service: str, *pods: str) -> None:
    """Delete pods without any grace."""
    stage.kills.append((datetime.now(UTC), service))
    await stage.release.kubectl("delete", "pod", *pods, "--grace-period=0", "--force")


async def _ready(release: Release, service: str, *, tag: str) -> list[str]:
    return [
        pod["metadata"]["name"]
        for pod in await release.pods(service)
        if pod["spec"]["containers"][0]["image"].endswith(f":{tag}") and _is_ready(pod)
    ]


async def _unready(release: Release, service: str) -> list[str]:
    """Return the pods that run and are not ready, the latest first."""
    pods = [pod for pod in await release.pods(service) if not _is_ready(pod)]
    pods.sort(key=lambda pod: str(pod["metadata"]["creationTimestamp"]), reverse=True)
    return [p["metadata"]["name"] for p in pods if p["status"]["phase"] == "Running"]


def _is_ready(pod: Any) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


async def _jobs_that_are_no_hooks(release: Release) -> list[Any]:
    jobs = (await release.cluster.get("--namespace", NAMESPACE, "jobs"))["items"]
    return [job for job in jobs if "helm.sh/hook" not in job["metadata"].get("annotations", {})]


async def _problems(release: Release, pod: str) -> str:
    """Return why a pod is not ready, nothing while it does not listen yet."""
    async with (
        forwarded(release, f"pod/{pod}") as url,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        try:
            return (await client.get(f"{url}/readyz")).text
        except httpx.TransportError:
            return ""


async def _left(release: Release) -> set[str]:
    """Return what is in the namespace, but for what a Job made, an operator, or Kubernetes."""
    kinds = await release.kubectl("api-resources", "--namespaced", "--verbs=list", "--output=name")
    wanted = [kind for kind in kinds.split() if not kind.startswith(("events", "endpoints"))]
    found = await release.cluster.get("--namespace", NAMESPACE, ",".join(wanted))
    return {
        f"{one['kind'].lower()}/{one['metadata']['name']}"
        for one in found["items"]
        if "ownerReferences" not in one["metadata"]
        and one["metadata"]["name"] not in {"default", "kube-root-ca.crt"}
        and not (one["kind"] == "Secret" and one["metadata"].get("labels") is None)
    }
