"""What comes before an installation, done as the page says: databases, Secrets, values."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import asyncpg
import yaml
from cluster import Cluster
from page import INSTALL
from servers import NAME, SERVICES, Servers

_OWNED = ("connector", "booking", "notifier")
DOORS = ("connector", "availability", "booking")


async def make_databases(servers: Servers) -> None:
    """Run the page's statements for each service."""
    for service in SERVICES:
        name = "booking" if service in _OWNED else service
        block = INSTALL.block(f"CREATE ROLE {name} ", language="sql").replace(name, service)
        block = block.replace("-- in psql", "--")
        for role in (f"{service}_owner", service):
            password = servers.passwords[f"postgres-{role.replace('_', '-')}"]
            block = re.sub(rf"(ROLE {role} .*)'…'", rf"\1'{password}'", block)
        before, _, within = block.partition(f"\\connect {service}\n")
        await _execute(servers.stack.postgres.admin_dsn, before)
        await _execute(servers.stack.postgres.dsn(service), within)


async def remake_availability(servers: Servers) -> None:
    """Drop availability's database with all in it, and run the page's statements for it again."""
    await servers.stack.postgres.drop_database("availability")
    block = INSTALL.block("CREATE ROLE availability ", language="sql")
    made = "".join(line for line in block.splitlines(keepends=True) if "CREATE ROLE" not in line)
    await _execute(servers.stack.postgres.admin_dsn, made)


async def make_secrets(cluster: Cluster, servers: Servers) -> None:
    """Run the page's commands, with an answer for each question they ask."""
    script = INSTALL.block("kubectl create namespace entente")
    for authority in ("postgres", "kafka"):
        script = script.replace(f"/path/to/{authority}-ca.pem", str(servers.certificate.path))
    await cluster.shell(script, given="\n".join(_answers(script, servers)) + "\n")


def values_for(servers: Servers, *, tag: str) -> dict[str, Any]:
    """Return the page's values, with what is different here."""
    values: dict[str, Any] = yaml.safe_load(INSTALL.block("production: true", language="yaml"))
    postgres_port = int(servers.postgres.rpartition(":")[2])
    return _merged(
        values,
        {
            "image": {"registry": "", "tag": tag},
            "oidc": {"issuer": servers.stack.issuer.url},
            "postgres": {"host": NAME, "port": postgres_port},
            "kafka": {"bootstrapServers": servers.kafka},
            "topics": {"replicationFactor": 1},
            "telemetry": {"otlpEndpoint": ""},
            # What a dead pod had in hand is free again soon.
            "defaults": {"settings": {"KAFKA__SESSION_TIMEOUT_SECONDS": 10}},
            "connector": {
                "settings": {
                    "EGRESS__ALLOWED_PRIVATE": [servers.stack.radicale.outside],
                    "SYNC__INTERVAL_SECONDS": 3,
                    "SYNC__FRESHNESS_SECONDS": 3,
                    "SYNC__SECOND_LOOK_SECONDS": 1,
                    "SYNC__LEASE_SECONDS": 20,
                    "ENTRIES__LOOK_SECONDS": 5,
                    "ENTRIES__ATTEMPT_SECONDS": 10,
                    "ENTRIES__LEASE_SECONDS": 15,
                }
            },
            # All guests of a test come from one address.
            "booking": {
                "settings": {
                    "LIMITS__REQUESTS_PER_MINUTE": 100_000,
                    "LIMITS__BOOKINGS_PER_HOUR": 100_000,
                }
            },
            # As the page on operating has it for servers whose certificate is signed within.
            "notifier": {
                "smtp": {"host": NAME, "port": servers.post.port},
                "settings": {"SENDING__SETTLING_SECONDS": 5, "SMTP__TIMEOUT_SECONDS": 10},
                "extraEnv": [{"name": "SSL_CERT_FILE", "value": "/etc/within/ca.crt"}],
                "extraVolumes": [{"name": "within", "secret": {"secretName": "postgres-ca"}}],
                "extraVolumeMounts": [{"name": "within", "mountPath": "/etc/within"}],
            },
            # Where no ingress controller is, guests come in through a port of the nodes.
            "extraObjects": [_door(service) for service in DOORS],
        },
    )


def _door(service: str) -> Mapping[str, Any]:
    selector = {
        "app.kubernetes.io/name": "entente",
        "app.kubernetes.io/instance": "{{ .Release.Name }}",
        "app.kubernetes.io/component": service,
    }
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "{{ .Release.Name }}-door-" + service},
        "spec": {
            "type": "NodePort",
            "selector": selector,
            "ports": [{"name": "http", "port": 8080, "targetPort": "http"}],
        },
    }


def _answers(script: str, servers: Servers) -> Iterator[str]:
    """Yield what is asked for, in the order of the script's loops and lines."""
    for name in _accounts(script):
        kind, _, rest = name.partition("-")
        yield rest.replace("-", "_") if kind == "postgres" else name
        yield servers.passwords[name]
    yield "unread"  # the issuer of the tests believes every client


def _accounts(script: str) -> Iterator[str]:
    named = re.findall(r"^( *)account ([\w$-]+)$", script, re.MULTILINE)
    for service in SERVICES:
        yield from (name.replace("$service", service) for indent, name in named if indent)
    yield from (name for indent, name in named if not indent)


async def _execute(dsn: str, statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in filter(None, map(str.strip, statements.split(";\n"))):
            await connection.execute(statement)
    finally:
        await connection.close()


def _merged(values: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in changes.items():
        if isinstance(value, dict) and key in values:
            _merged(values[key], cast("Mapping[str, Any]", value))
        else:
            values[key] = value
    return values
