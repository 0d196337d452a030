"""The whole system, running, with platforms around it."""

import json
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
from connector_lab.dav_server import DavServer, xandikos
from connector_lab.fault_server import FaultServer
from entente_contracts import HostChanged, HostStatus, encode, envelope_for
from entente_contracts.host import LocalRange, WeekdayHours, WorkingHours
from journal.lab.wire import Wire
from messaging.settings import KafkaSettings
from people import Host, Person
from stack import Stack, StackSettings
from stack.services import DEMO, Addresses, ServiceSpec
from stack.spans import Span, read_spans

_OFFICE_HOURS = WorkingHours(
    weekly=tuple(
        WeekdayHours(weekday=day, hours=(LocalRange(start="09:00", end="17:00"),))
        for day in range(1, 6)
    )
)
LINK_KEY = "the tests' own key of guest links"
_HURRY = {
    "CONNECTOR__SYNC__INTERVAL_SECONDS": "2",
    "CONNECTOR__SYNC__FIRST_RETRY_SECONDS": "0.5",
    "CONNECTOR__SYNC__FRESHNESS_SECONDS": "2",
    "CONNECTOR__SYNC__SECOND_LOOK_SECONDS": "0.5",
    "CONNECTOR__SYNC__LEASE_SECONDS": "10",
    "CONNECTOR__EXPANSION__WORKERS": "1",
    "CONNECTOR__ENTRIES__FIRST_RETRY_SECONDS": "0.5",
    "CONNECTOR__ENTRIES__LONGEST_RETRY_SECONDS": "2",
    "CONNECTOR__ENTRIES__LEASE_SECONDS": "20",
    "CONNECTOR__ENTRIES__ATTEMPT_SECONDS": "10",
    "CONNECTOR__ENTRIES__LOOK_SECONDS": "5",
    "BOOKING__LIMITS__REQUESTS_PER_MINUTE": "100000",
    "BOOKING__LIMITS__BOOKINGS_PER_HOUR": "100000",
    "BOOKING__LIMITS__MAX_UNANSWERED": "1000",
    "BOOKING__GUEST_LINK_KEY": LINK_KEY,
    "NOTIFIER__GUEST_LINK_KEY": LINK_KEY,
    "NOTIFIER__SENDING__FIRST_WAIT_SECONDS": "0.5",
    "NOTIFIER__SMTP__TIMEOUT_SECONDS": "5",
    "NOTIFIER__SENDING__SETTLING_SECONDS": "2",
}


@dataclass
class Entente:
    """The stack with its services; `web` serves links. Each host has a tenant of its own."""

    stack: Stack
    web: FaultServer
    xandikos: DavServer
    radicale: DavServer
    connector: httpx.AsyncClient
    availability: httpx.AsyncClient
    booking: httpx.AsyncClient
    answers: list[str]
    """Headers and bodies of all that the services answered so far."""
    wire: Wire = field(init=False)

    def __post_init__(self) -> None:
        kafka = KafkaSettings(bootstrap_servers=self.stack.kafka.bootstrap_servers)
        self.wire = Wire(kafka)

    @property
    def link_key(self) -> str:
        return LINK_KEY

    async def host(self, zone: str = "Europe/Paris", *, tenant: str | None = None) -> Host:
        """Announce a host who works from nine to five, as their directory would."""
        tenant = tenant or f"tenant-{uuid4().hex[:12]}"
        owner = f"owner-{uuid4().hex[:12]}"
        host = Host(uuid4(), tenant, zone, await self.person(owner, tenant=tenant))
        changed = HostChanged(
            tenant_id=tenant,
            host_id=host.id,
            owner=owner,
            name="Somebody",
            address=f"{owner}@example.org",
            timezone=zone,
            working_hours=_OFFICE_HOURS,
            locale="en",
            status=HostStatus.ACTIVE,
            revision=1,
            changed_at=datetime.now(UTC),
        )
        envelope = envelope_for(changed, source="/tests", time=datetime.now(UTC))
        await self.wire.produce(
            HostChanged.topic,
            encode(changed),
            key=changed.key().encode(),
            headers=envelope.to_headers(),
        )
        return host

    async def person(
        self, subject: str, *, tenant: str, roles: Sequence[str] = ("owner",)
    ) -> Person:
        """Return somebody with a token of a tenant."""
        token = await self.stack.issuer.token(subject, tenant=tenant, roles=roles)
        return Person(token, self.connector, self.availability, self.booking)

    def spans(self) -> list[Span]:
        """Return the spans of all services so far."""
        return [span for path in self.stack.workspace.spans.iterdir() for span in read_spans(path)]


@asynccontextmanager
async def running_entente(folder: Path, **settings: str) -> AsyncGenerator[Entente]:
    """Run the demo's services as their own processes, with calendars read every other second.

    `settings` are more of the services' own, by the names of their variables.
    """
    answers: list[str] = []

    async def keep(response: httpx.Response) -> None:
        answers.append(f"{response.headers}{(await response.aread()).decode()}")

    async with AsyncExitStack() as parts:
        web = await parts.enter_async_context(FaultServer())
        dav = await parts.enter_async_context(xandikos(folder))
        services = _hurried(DEMO, allowed=(web.authority, dav.authority), settings=settings)
        wanted = StackSettings(services=services, calendars=True, mail=True, durable=False)
        stack = await parts.enter_async_context(Stack(wanted))

        async def client(service: str) -> httpx.AsyncClient:
            return await parts.enter_async_context(
                httpx.AsyncClient(
                    base_url=stack.services[service].url,
                    event_hooks={"response": [keep]},
                    timeout=30,
                    trust_env=False,
                )
            )

        port = int(stack.radicale.authority.rpartition(":")[2])
        yield Entente(
            stack=stack,
            web=web,
            xandikos=dav,
            radicale=DavServer(port, "/ada/", username="ada", password="ada"),  # noqa: S106 - of this run
            connector=await client("connector"),
            availability=await client("availability"),
            booking=await client("booking"),
            answers=answers,
        )


def _hurried(
    specs: Iterable[ServiceSpec], *, allowed: Collection[str], settings: Mapping[str, str]
) -> tuple[ServiceSpec, ...]:
    def changed(spec: ServiceSpec) -> ServiceSpec:
        def environment(addresses: Addresses) -> Mapping[str, str]:
            return {
                **spec.environment(addresses),
                f"{spec.name.upper()}__KAFKA__SESSION_TIMEOUT_SECONDS": "10",
                **_HURRY,
                **settings,
                "CONNECTOR__EGRESS__ALLOWED_PRIVATE": json.dumps(
                    [*addresses.calendar_servers, *allowed]
                ),
            }

        return replace(spec, environment=environment)

    return tuple(map(changed, specs))
