"""An availability service to try things on, and people who ask it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from availability.adapters.migrate import migrate
from availability.adapters.tables import host_change
from availability.main import builder
from availability.settings import AnnouncementSettings, AvailabilitySettings, ReadingSettings
from availability.subscriptions import GROUP, TOPICS
from entente_contracts import Topic, topics
from messaging.database import Sessions, build_engine, build_sessions
from messaging.service import running
from messaging.settings import KafkaSettings, PostgresSettings
from messaging.tables import inbox, outbox
from pydantic import SecretStr
from sqlalchemy import func, select
from stack.kafka.broker import KafkaBroker
from webapi import OidcSettings

from availability_lab.facts import HostFacts
from availability_lab.wire import Said, Wire, open_wire

T = TypeVar("T")

_LOOK_EVERY_SECONDS = 0.02


async def eventually(look: Callable[[], Awaitable[T]], *, seconds: float = 30.0) -> T:
    """Return what a look brings once it brings something."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        return found


@dataclass(frozen=True)
class Person:
    """Someone with a token."""

    client: httpx.AsyncClient
    token: str

    async def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        """POST a document."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.client.post(path, json=body, headers=headers, **options)


@dataclass(frozen=True)
class Issuer:
    """Where tokens come from."""

    url: str

    async def token(self, *, tenant: str, roles: Sequence[str]) -> str:
        """Return a signed token."""
        form = {"subject": "user", "tenant": tenant, "roles": " ".join(roles)}
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            response = await client.post(f"{self.url}/token", data=form)
            return str(response.raise_for_status().json()["access_token"])


@dataclass
class Lab:
    """A service with a tenant of the test's own. `wire` feeds it, `sessions` look inside."""

    settings: AvailabilitySettings
    client: httpx.AsyncClient
    sessions: Sessions
    wire: Wire
    issuer: Issuer
    tenant: str

    def host(self) -> HostFacts:
        """Return a new host of the tenant."""
        return HostFacts(self.tenant)

    async def person(self, *roles: str, tenant: str | None = None) -> Person:
        """Return somebody who asks; a member unless told otherwise."""
        token = await self.issuer.token(tenant=tenant or self.tenant, roles=roles or ("member",))
        return Person(self.client, token)

    async def tell(self, *said: Said) -> None:
        """Publish, and return when the service has applied it all."""
        await self.applied(await self.wire.publish(*said))

    async def applied(self, record_ids: Sequence[UUID]) -> None:
        """Return when the service has applied the records."""
        count = select(func.count(inbox.c.event_id.distinct())).where(
            inbox.c.event_id.in_(record_ids)
        )

        async def all_claimed() -> bool:
            async with self.sessions() as session:
                return (await session.execute(count)).scalar_one() == len(set(record_ids))

        await eventually(all_claimed, seconds=90)

    async def settled(self, topic: Topic) -> None:
        """Return when the service is done with every record of a topic."""

        async def nothing_waits() -> bool:
            return await self.wire.lag(topic, self.settings.group) == 0

        await eventually(nothing_waits)

    async def quiet(self) -> None:
        """Return when all that changed is announced and published."""
        waiting = select(
            select(func.count()).select_from(host_change).scalar_subquery()
            + select(func.count()).select_from(outbox).scalar_subquery()
        )

        async def nothing_waits() -> bool:
            async with self.sessions() as session:
                return (await session.execute(waiting)).scalar_one() == 0

        await eventually(nothing_waits, seconds=90)  # a new group announces all there is

    def for_new_tenant(self) -> "Lab":
        """Return the same service, seen by a tenant that nobody has spoken of."""
        return Lab(
            self.settings,
            self.client,
            self.sessions,
            self.wire,
            self.issuer,
            tenant=f"tenant-{uuid4().hex[:12]}",
        )


def settings_for(
    *, dsn: str, kafka: KafkaBroker, issuer: Issuer, group: str = GROUP
) -> AvailabilitySettings:
    """Return settings of a service in a hurry."""
    return AvailabilitySettings(
        kafka=KafkaSettings(bootstrap_servers=kafka.bootstrap_servers, session_timeout_seconds=10),
        postgres=PostgresSettings(dsn=SecretStr(dsn)),
        oidc=OidcSettings(issuer=issuer.url),
        group=group,
        announcements=AnnouncementSettings(interval_seconds=0.05),
        reading=ReadingSettings(connections=4),
    )


async def create_topics(kafka: KafkaBroker, *groups: str) -> None:
    """Make all topics, with the twins of the groups."""
    twins = [
        of(topic, group)
        for group in groups
        for topic in TOPICS
        for of in (topics.dead_letter, topics.redrive)
    ]
    wanted = [*topics.ALL, *twins]
    await kafka.create_topics(wanted)

    async def present() -> bool:
        return {topic.name for topic in wanted} <= await kafka.topics()

    await eventually(present)


@asynccontextmanager
async def open_lab(settings: AvailabilitySettings, issuer: Issuer) -> AsyncGenerator[Lab]:
    """Migrate the database, run the service in this process and yield what it takes to try it."""
    async with AsyncExitStack() as stack:
        await migrate(settings.postgres)
        app = await stack.enter_async_context(running("availability", settings, builder(settings)))
        client = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://availability.test", timeout=30
            )
        )
        engine = build_engine(settings.postgres, application_name="lab")
        stack.push_async_callback(engine.dispose)
        wire = await stack.enter_async_context(open_wire(settings.kafka))
        yield Lab(
            settings, client, build_sessions(engine), wire, issuer, tenant=""
        ).for_new_tenant()
