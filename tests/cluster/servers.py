"""PostgreSQL, Kafka, mail, CalDAV and tokens for a cluster: processes of this machine.

Pods find them by the name of a headless Service, whose EndpointSlice has an address of this
machine: `ENTENTE_CLUSTER_HOST`, or the one from which the first node is reached.
"""

import os
import secrets
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cluster import Cluster
from notifier.testing.mail_server import MailServer, Submission, a_mail_server
from stack import Stack, StackSettings
from stack.certificate import Certificate, make_certificate
from stack.kafka.apache import ApacheKafka
from stack.outside import Outside
from stack.postgres.embedded import EmbeddedPostgres

SERVICES = ("connector", "availability", "booking", "notifier")
_NAMESPACE = "entente-servers"
_NAME = "servers"
NAME = f"{_NAME}.{_NAMESPACE}.svc"
_ACCOUNTS = (
    *(f"postgres-{service}" for service in SERVICES),
    *(f"postgres-{service}-owner" for service in SERVICES),
    *(f"kafka-{service}" for service in SERVICES),
    *("kafka-admin", "smtp"),
)


@dataclass(frozen=True)
class Servers:
    """What an installation needs; `passwords` are those of the accounts, by their names."""

    stack: Stack
    post: MailServer
    certificate: Certificate
    passwords: Mapping[str, str] = field(repr=False)

    @property
    def postgres(self) -> str:
        """PostgreSQL as pods see it, host:port."""
        server = self.stack.postgres
        assert isinstance(server, EmbeddedPostgres), "the tests need a PostgreSQL of their own"
        return server.outside

    @property
    def kafka(self) -> str:
        """Kafka as pods see it, host:port."""
        broker = self.stack.kafka
        assert isinstance(broker, ApacheKafka), "the tests need an Apache Kafka of their own"
        return broker.outside


@asynccontextmanager
async def running_servers(cluster: Cluster, folder: Path) -> AsyncGenerator[Servers]:
    """Start everything, and let pods find it."""
    address = os.environ.get("ENTENTE_CLUSTER_HOST") or _towards(await cluster.node_address())
    certificate = make_certificate(folder, [NAME])
    passwords = {account: secrets.token_hex(12) for account in _ACCOUNTS}
    kafka = {name: p for name, p in passwords.items() if name.startswith("kafka-")}
    outside = Outside(
        address=address,
        name=NAME,
        certificate=certificate.path,
        key=certificate.key,
        accounts=kafka,
    )
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate.path, certificate.key)
    submission = Submission(address=address, tls=tls, username="smtp", password=passwords["smtp"])
    async with (
        a_mail_server(submission=submission) as post,
        Stack(StackSettings(calendars=True, durable=False, outside=outside)) as stack,
    ):
        await stack.start_issuer()
        await _publish(cluster, address)
        try:
            yield Servers(stack, post, certificate, passwords)
        finally:
            await cluster.kubectl("delete", "namespace", _NAMESPACE)


def _towards(address: str) -> str:
    """Return the address of this machine from which another one is reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((address, 9))
        return str(probe.getsockname()[0])


async def _publish(cluster: Cluster, address: str) -> None:
    metadata = {"name": _NAME, "namespace": _NAMESPACE}
    await cluster.apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _NAMESPACE}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"clusterIP": "None", "ports": [{"name": "any", "port": 1}]},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**metadata, "labels": {"kubernetes.io/service-name": _NAME}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
            "ports": [{"name": "any", "port": 1}],
        },
    )
