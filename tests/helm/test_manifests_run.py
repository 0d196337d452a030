"""What the chart says runs: its Jobs, then its services, then its canary, on real servers.

Each container is a process with the command and the environment of its manifest.
"""

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from local_pods import Node
from manifests import CHART, ROOT, changed, pods_of, render
from stack.ports import HOST, choose_port
from stack.program import Command, Program
from stack.settings import StackSettings
from stack.stack import Stack

pytestmark = pytest.mark.integration

SERVICES = ("connector", "availability", "booking", "notifier")


@dataclass(frozen=True, slots=True)
class Release:
    """The services of a release, running."""

    stack: Stack
    services: Mapping[str, Program]
    urls: Mapping[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def release() -> AsyncGenerator[Release]:
    async with Stack(StackSettings(postgres=False, kafka=False)) as stack:
        await stack.start_postgres()
        await stack.start_kafka()
        await stack.start_mail()
        await stack.start_issuer()
        for service in SERVICES:
            await stack.postgres.create_database(service)
        ports = {name: choose_port(None, purpose=name) for name in SERVICES}
        urls = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
        manifests = render(_values(stack, urls))
        node, pods = Node(manifests, stack.workspace), pods_of(manifests)
        jobs = [
            node.job(pod, container)
            for pod in pods
            if pod.owner["kind"] == "Job"
            for container in pod.containers
        ]
        await asyncio.gather(*(job.complete() for job in jobs))  # as hooks of one weight
        deployed = {p.containers[0]["name"]: p for p in pods if p.owner["kind"] == "Deployment"}
        services = {name: node.service(deployed[name], ports[name]) for name in SERVICES}
        try:
            await asyncio.gather(*(program.start() for program in services.values()))
            yield Release(stack, services, urls)
        finally:
            for program in services.values():
                await program.kill()


def _values(stack: Stack, urls: Mapping[str, str]) -> dict[str, Any]:
    postgres = urlsplit(stack.postgres.admin_dsn)
    return changed(
        "development",
        publicUrl=urls["booking"],
        oidc__issuer=stack.issuer.url,
        postgres__host=postgres.hostname,
        postgres__port=postgres.port,
        kafka__bootstrapServers=stack.kafka.bootstrap_servers,
        kafka__securityProtocol="PLAINTEXT",
        defaults__database__username=postgres.username,
        defaults__database__password=postgres.password or "none",
        booking__availabilityUrl=urls["availability"],
        notifier__smtp__host=stack.mail.smtp_host,
        notifier__smtp__port=stack.mail.smtp_port,
    )


async def test_every_probe_is_answered(release: Release) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for name, url in release.urls.items():
            for path in ("/livez", "/readyz"):
                assert (await client.get(url + path)).status_code == 200, name


async def test_the_canary_of_the_install_page_books_reads_and_cancels(release: Release) -> None:
    await _make_canary(release)
    canary = Program(
        name="canary",
        command=Command(
            arguments=(
                sys.executable,
                str(CHART / "files" / "canary.py"),
                *(release.urls["booking"], "canary", "canary-guest@example.org"),
            )
        ),
        workspace=release.stack.workspace,
    )
    await canary.complete()
    said = [json.loads(line)["canary"] for line in canary.output().splitlines()]
    assert said == ["booked", "stands", "cancelled"]


async def _make_canary(release: Release) -> None:
    """Do what the page says, with the bodies it has."""
    page = (ROOT / "docs" / "install-on-kubernetes.md").read_text()
    host, kind = re.findall(r"--json '(\{.*?\})'(?: \||\n)", page, re.DOTALL)
    token = await release.stack.issuer.token("canary", tenant="canary")
    async with httpx.AsyncClient(
        base_url=release.urls["booking"],
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ) as client:
        made = await client.post("/v1/hosts", json=json.loads(host))
        assert made.status_code == 201, made.text
        body = json.loads(kind.replace("'$host'", made.json()["id"]))
        made = await client.post("/v1/meeting-types", json=body)
        assert made.status_code == 201, made.text


@pytest.mark.parametrize("service", SERVICES)
async def test_operators_commands_work_in_every_pod(release: Release, service: str) -> None:
    program = release.services[service]
    command = (str(Path(sys.executable).with_name("entente")), "dlq", "list")
    listing = Program(
        name=f"{service}-dlq",
        command=Command(arguments=command, environment=program.command.environment),
        workspace=release.stack.workspace,
    )
    await listing.complete()
    assert "no dead letters wait" in listing.output()


async def test_every_service_ends_within_its_grace_period(release: Release) -> None:
    """Last in this module: a pod that outlives its grace period is killed."""
    for name, program in release.services.items():
        await program.terminate(with_signal=signal.SIGTERM)
        assert program.exit_code == 0, name
