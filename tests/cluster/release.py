"""A release of the chart on the cluster, installed and changed with the pages' commands."""

import base64
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from cluster import Cluster
from journal.lab.wire import Wire
from messaging.settings import KafkaSettings
from page import INSTALL, OPERATE, ROOT
from people import Person
from preparing import DOORS, make_databases, make_secrets, values_for
from servers import SERVICES, Servers
from stack import Stack

OLD, NEW = "0.1.0", "0.1.1"
NAMESPACE = "entente"
_NAME = "entente"
_PATIENCE_SECONDS = 180.0


@dataclass
class Release:
    """What runs, and its doors; `values` are those of the values file, `folder` has it."""

    cluster: Cluster
    servers: Servers
    folder: Path
    values: dict[str, Any]
    link_key: str
    connector: httpx.AsyncClient
    availability: httpx.AsyncClient
    booking: httpx.AsyncClient
    name: str = _NAME

    @property
    def stack(self) -> Stack:
        return self.servers.stack

    @property
    def wire(self) -> Wire:
        return Wire(KafkaSettings(bootstrap_servers=self.stack.kafka.bootstrap_servers))

    async def person(
        self, subject: str, *, tenant: str, roles: Sequence[str] = ("owner",)
    ) -> Person:
        """Return somebody with a token of a tenant."""
        token = await self.stack.issuer.token(subject, tenant=tenant, roles=roles)
        return Person(token, self.connector, self.availability, self.booking)

    async def kubectl(self, *arguments: str) -> str:
        """Run kubectl in the release's namespace."""
        return await self.cluster.kubectl("--namespace", NAMESPACE, *arguments)

    async def upgrade(self, *, further: str = "") -> None:
        """Upgrade to the values, as the page says; `further` is more of the command line."""
        await self.run(OPERATE.command("helm upgrade") + further)

    async def roll_back(self) -> None:
        """Go back to the revision before, as the page says."""
        await self.run(OPERATE.command("helm rollback"))

    async def run(self, command: str, **variables: str) -> str:
        """Run a page's command where the chart and the values file are."""
        (self.folder / "values.yaml").write_text(yaml.safe_dump(self.values))
        return await self.cluster.shell(
            command, folder=self.folder, variables=variables, within=600
        )

    async def pods(self, component: str) -> list[Any]:
        """Return the pods of a service that are not on their way out."""
        label = f"app.kubernetes.io/component={component}"
        found = await self.cluster.get("--namespace", NAMESPACE, "pods", "--selector", label)
        return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]

    async def images(self) -> set[str]:
        """Return the tags that the pods of all services run."""
        pods = [pod for service in SERVICES for pod in await self.pods(service)]
        return {pod["spec"]["containers"][0]["image"].rpartition(":")[2] for pod in pods}

    async def becomes_ready(self) -> None:
        """Wait until every Deployment has all its pods."""
        await self.kubectl(
            *("wait", "deployment", "--all", "--for=condition=Available"),
            f"--timeout={_PATIENCE_SECONDS:g}s",
        )
        for service in SERVICES:
            await self.kubectl(
                *("rollout", "status", f"deployment/{self.name}-{service}"),
                f"--timeout={_PATIENCE_SECONDS:g}s",
            )


@asynccontextmanager
async def installed_release(
    cluster: Cluster, servers: Servers, folder: Path
) -> AsyncGenerator[Release]:
    """Do what the page on installing says, from the databases to `helm install`."""
    (folder / "deploy").symlink_to(ROOT / "deploy")
    values = values_for(servers, tag=OLD)
    (folder / "values.yaml").write_text(yaml.safe_dump(values))
    await make_databases(servers)
    try:
        await make_secrets(cluster, servers)
        await cluster.shell(INSTALL.command("helm install"), folder=folder, within=600)
        async with AsyncExitStack() as doors:
            clients = {
                service: await doors.enter_async_context(
                    httpx.AsyncClient(
                        base_url=await _door(cluster, service), timeout=30, trust_env=False
                    )
                )
                for service in DOORS
            }
            yield Release(
                cluster,
                servers,
                folder,
                values,
                await _link_key(cluster),
                connector=clients["connector"],
                availability=clients["availability"],
                booking=clients["booking"],
            )
    finally:
        await cluster.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found")


async def _door(cluster: Cluster, service: str) -> str:
    found = await cluster.get("--namespace", NAMESPACE, "service", f"{_NAME}-door-{service}")
    return f"http://{await cluster.node_address()}:{found['spec']['ports'][0]['nodePort']}"


async def _link_key(cluster: Cluster) -> str:
    secret = await cluster.get("--namespace", NAMESPACE, "secret", "guest-links")
    return base64.b64decode(secret["data"]["guest-link-key"]).decode()
