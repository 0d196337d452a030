"""A connector to try things on, and the people who use it."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import UUID, uuid4

import httpx
from connector.adapters.postgres.migrate import migrate
from connector.main import builder
from connector.settings import (
    ConnectorSettings,
    EgressSettings,
    EntriesSettings,
    ExpansionSettings,
    SecretsSettings,
    SyncSettings,
    TenantSettings,
)
from connector.subscriptions import GROUP, TOPICS
from entente_contracts import HostChanged, HostStatus, WorkingHours, topics
from issuer.keys import AUDIENCE, SigningKey
from messaging.database import Sessions, build_engine, build_sessions
from messaging.outbox import Outbox
from messaging.service import running
from messaging.settings import (
    HttpSettings,
    KafkaSettings,
    PostgresSettings,
    TelemetrySettings,
)
from pydantic import SecretStr
from sqlalchemy import CursorResult, text
from stack.kafka.broker import KafkaBroker
from webapi import OidcSettings

from connector_lab.fault_server import FaultServer, Reply, reply
from connector_lab.kafka_log import PUBLISHED, KafkaLog

T = TypeVar("T")

_LOOK_EVERY_SECONDS = 0.05
SINGLE = "single"
"""A tenant that allows one calendar per user."""

KEY = base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class Person:
    """Someone with a token."""

    client: httpx.AsyncClient
    token: str

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        """POST."""
        return await self.request("POST", path, **options)

    async def put(self, path: str, **options: Any) -> httpx.Response:
        """PUT."""
        return await self.request("PUT", path, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        """DELETE."""
        return await self.request("DELETE", path, **options)


async def eventually(look: Callable[[], Awaitable[T]], *, seconds: float = 60.0) -> T:
    """Return what a look brings once it brings something."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        return found


@dataclass(frozen=True)
class Surroundings:
    """What connectors of a test run share. `web` serves feeds and the issuer's keys."""

    kafka: KafkaBroker
    web: FaultServer
    key: SigningKey
    log: KafkaLog

    @classmethod
    async def prepare(
        cls, kafka: KafkaBroker, web: FaultServer, key: SigningKey, log: KafkaLog
    ) -> Self:
        """Publish the key and make the topics."""
        web.answers("/jwks", reply(json.dumps(key.jwks()).encode()))
        beside = [
            of(topic, GROUP) for topic in TOPICS for of in (topics.dead_letter, topics.redrive)
        ]
        wanted = (*PUBLISHED, *TOPICS, *beside)
        await kafka.create_topics(wanted)

        async def present() -> bool:
            return {topic.name for topic in wanted} <= await kafka.topics()

        await eventually(present)
        return cls(kafka, web, key, log)

    def settings(
        self,
        *,
        dsn: str,
        allowed: Collection[str] = (),
        keys: Sequence[str] = (KEY,),
        lease_seconds: float = 60,
        port: int = 0,
        spans_path: Path | None = None,
        entries: EntriesSettings | None = None,
    ) -> ConnectorSettings:
        """Return settings of a connector in a hurry."""
        issuer = f"http://{self.web.authority}"
        return ConnectorSettings(
            kafka=KafkaSettings(
                bootstrap_servers=self.kafka.bootstrap_servers, session_timeout_seconds=10
            ),
            postgres=PostgresSettings(dsn=SecretStr(dsn)),
            oidc=OidcSettings(issuer=issuer, audience=AUDIENCE, jwks_url=f"{issuer}/jwks"),
            secrets=SecretsSettings(
                encryption_keys=tuple(map(SecretStr, keys)), pseudonym_key=SecretStr(KEY)
            ),
            egress=EgressSettings(allowed_private=frozenset({*allowed, self.web.authority})),
            expansion=ExpansionSettings(workers=1),
            sync=SyncSettings(
                interval_seconds=0.4,
                first_retry_seconds=0.4,
                second_look_seconds=0.4,
                lease_seconds=lease_seconds,
            ),
            tenants=TenantSettings(max_calendars_of={SINGLE: 1}),
            entries=entries or EntriesSettings(first_retry_seconds=0.3, longest_retry_seconds=1),
            http=HttpSettings(port=port),
            telemetry=TelemetrySettings(log_level="DEBUG", spans_path=spans_path),
        )


@dataclass
class Lab:
    """A running connector. `sql` looks into its database."""

    settings: ConnectorSettings
    client: httpx.AsyncClient
    surroundings: Surroundings
    sessions: Sessions

    @property
    def log(self) -> KafkaLog:
        """What was published."""
        return self.surroundings.log

    def person(
        self, subject: str, *, tenant: str = "acme", roles: tuple[str, ...] = ("owner",)
    ) -> Person:
        """Return somebody with a token of their own."""
        return Person(
            self.client, self.surroundings.key.token(subject=subject, tenant=tenant, roles=roles)
        )

    async def sql(self, statement: str, **values: Any) -> list[Any]:
        """Run a statement; return its rows."""
        async with self.sessions.begin() as session:
            result = await session.execute(text(statement), values)
            return (
                list(result.all())
                if isinstance(result, CursorResult) and result.returns_rows
                else []
            )

    async def host(
        self, owner: str, *, tenant: str = "acme", timezone: str = "Europe/Paris"
    ) -> UUID:
        """Make a host known without a word on Kafka, where the connectors of all tests listen."""
        host_id = uuid4()
        await self.sql(
            "INSERT INTO host (id, tenant_id, owner, address, timezone, active, revision)"
            " VALUES (:id, :tenant, :owner, :address, :timezone, true, 1)",
            id=host_id,
            tenant=tenant,
            owner=owner,
            address=f"{owner}@example.com",
            timezone=timezone,
        )
        return host_id

    async def announce_host(
        self, host_id: UUID, owner: str, *, revision: int, timezone: str = "Europe/Paris"
    ) -> None:
        """Say on Kafka what a host is like, as the booking service does."""
        changed = HostChanged(
            tenant_id="acme",
            host_id=host_id,
            owner=owner,
            name=owner,
            address=f"{owner}@example.com",
            timezone=timezone,
            locale="en",
            working_hours=WorkingHours(weekly=()),
            status=HostStatus.ACTIVE,
            revision=revision,
            changed_at=datetime.now(UTC),
        )
        async with self.sessions.begin() as session:
            await Outbox("/tests").add(session, changed)

    async def connect(self, host: UUID, owner: str, account: Mapping[str, str]) -> dict[str, Any]:
        """Connect an account for a host; return the connection as the API shows it."""
        path = f"/v1/hosts/{host}/connections"
        answer = await self.person(owner).post(path, json=account)
        if answer.status_code != HTTPStatus.CREATED:
            raise AssertionError(answer.text)
        return answer.json()

    def link(self, content: bytes) -> "Link":
        """Serve a feed at an address of its own, which holds a secret."""
        target = f"/share?CacheKey={uuid4().hex}"
        link = Link(self.surroundings.web, target)
        link.says(content)
        return link


@dataclass(frozen=True)
class Link:
    """A feed at a secret address."""

    web: FaultServer
    target: str

    @property
    def account(self) -> Mapping[str, str]:
        """What its owner gives to connect it."""
        return {"provider": "ics", "url": f"http://{self.web.authority}{self.target}"}

    def says(self, content: bytes) -> None:
        """Let it say this from now on."""
        self.web.answers(self.target, reply(content))

    def answers(self, *replies: Reply) -> None:
        """Let it answer otherwise."""
        self.web.answers(self.target, *replies)


@asynccontextmanager
async def open_lab(surroundings: Surroundings, settings: ConnectorSettings) -> AsyncGenerator[Lab]:
    """Run a connector in this process, on a database that it migrates."""
    await migrate(settings.postgres)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running("connector", settings, builder(settings)))
        engine = build_engine(settings.postgres, application_name="tests")
        stack.push_async_callback(engine.dispose)
        transport = httpx.ASGITransport(app=app)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://connector", timeout=30)
        )
        yield Lab(settings, client, surroundings, build_sessions(engine))
