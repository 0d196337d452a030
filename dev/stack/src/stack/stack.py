"""The stack itself: which components there are, and in which order they start and stop."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self, TypeVar

from messaging.topology import all_topics, installed

from stack.component import Component
from stack.errors import StackError
from stack.feed import Feed
from stack.issuer import Issuer
from stack.journal import Journal
from stack.kafka.broker import KafkaBroker
from stack.kafka.choice import choose_kafka
from stack.mail import MailCatcher
from stack.ports import choose_port
from stack.postgres.choice import choose_postgres
from stack.postgres.server import PostgresServer
from stack.radicale import Radicale
from stack.service import Service, url_on
from stack.services import Addresses, new_key
from stack.settings import StackSettings
from stack.workspace import Workspace, open_workspace
from stack.zipkin import Zipkin

_logger = logging.getLogger(__name__)

CALENDAR_ACCOUNTS = ("ada", "grace")
"""The CalDAV accounts there are; each one's password is its name."""

T = TypeVar("T")


class Stack:
    """A running local stack.

    Use it as an asynchronous context manager: it starts what the settings name, and leaves neither
    processes nor files behind. `announce` takes one-line notices for people; `journal` shows the
    programs' output while they run.
    """

    def __init__(
        self,
        settings: StackSettings | None = None,
        *,
        announce: Callable[[str], None] = _logger.warning,
        journal: Journal | None = None,
    ) -> None:
        self._settings = settings or StackSettings()
        self._announce = announce
        self._journal = journal
        self._workspace: Workspace | None = None
        self._postgres: PostgresServer | None = None
        self._kafka: KafkaBroker | None = None
        self._mail: MailCatcher | None = None
        self._zipkin: Zipkin | None = None
        self._issuer: Issuer | None = None
        self._radicale: Radicale | None = None
        self._feed: Feed | None = None
        self._services: dict[str, Service] = {}

    @property
    def postgres(self) -> PostgresServer:
        """The database server."""
        return _started(self._postgres, "PostgreSQL")

    @property
    def kafka(self) -> KafkaBroker:
        """The broker."""
        return _started(self._kafka, "Kafka")

    @property
    def mail(self) -> MailCatcher:
        """The mail catcher."""
        return _started(self._mail, "a mail catcher")

    @property
    def issuer(self) -> Issuer:
        """The issuer of the services' tokens."""
        return _started(self._issuer, "an issuer")

    @property
    def radicale(self) -> Radicale:
        """The CalDAV server."""
        return _started(self._radicale, "calendars")

    @property
    def feed(self) -> Feed:
        """The server of ICS links."""
        return _started(self._feed, "calendars")

    @property
    def services(self) -> Mapping[str, Service]:
        """The services by name."""
        return self._services

    @property
    def workspace(self) -> Workspace:
        """Where this stack keeps its files."""
        return _started(self._workspace, "being entered")

    @property
    def components(self) -> tuple[Component, ...]:
        """What was started, in order."""
        return (*self._servers, *self._services.values())

    @property
    def addresses(self) -> Mapping[str, str]:
        """Every component's addresses, by label."""
        return {label: at for c in self.components for label, at in c.addresses.items()}

    async def __aenter__(self) -> Self:
        """Start everything the settings name; undo it when one part fails."""
        self._workspace = await open_workspace(self._announce)
        if self._journal:
            self._journal.follow(self._workspace.logs)
        try:
            await self._start()
        except BaseExceptionGroup as failures:
            await self._stop()
            raise failures.exceptions[0] from None
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop everything and remove all files."""
        await self._stop()

    async def start_postgres(self) -> PostgresServer:
        """Start PostgreSQL if the stack was entered without it; return it."""
        if self._postgres is None:
            self._postgres = choose_postgres(self._settings, self.workspace)
            await self._postgres.start()
        return self._postgres

    async def start_kafka(self) -> KafkaBroker:
        """Start Kafka if the stack was entered without it; return it."""
        if self._kafka is None:
            self._kafka = await choose_kafka(self._settings, self.workspace, self._announce)
            await self._kafka.start()
        return self._kafka

    async def start_mail(self) -> MailCatcher:
        """Start the mail catcher if the stack was entered without it; return it."""
        if self._mail is None:
            ports = self._settings.ports
            self._mail = MailCatcher(
                self.workspace, smtp_port=ports.get("smtp"), page_port=ports.get("mail")
            )
            await self._mail.start()
        return self._mail

    async def start_zipkin(self) -> Zipkin:
        """Start Zipkin if the stack was entered without it; return it."""
        if self._zipkin is None:
            self._zipkin = Zipkin(self.workspace, port=self._settings.ports.get("zipkin"))
            await self._zipkin.start()
        return self._zipkin

    async def start_issuer(self) -> Issuer:
        """Start the issuer if the stack was entered without it; return it."""
        if self._issuer is None:
            self._issuer = Issuer(
                self.workspace,
                port=self._settings.ports.get("issuer"),
                outside=self._settings.outside,
            )
            await self._issuer.start()
        return self._issuer

    async def start_radicale(self) -> Radicale:
        """Start the CalDAV server if the stack was entered without it; return it."""
        if self._radicale is None:
            self._radicale = Radicale(
                self.workspace,
                accounts=CALENDAR_ACCOUNTS,
                port=self._settings.ports.get("radicale"),
                outside=self._settings.outside,
            )
            await self._radicale.start()
        return self._radicale

    async def start_feed(self) -> Feed:
        """Start the server of ICS links if the stack was entered without it; return it."""
        if self._feed is None:
            self._feed = Feed(self.workspace, port=self._settings.ports.get("feed"))
            await self._feed.start()
        return self._feed

    @property
    def _servers(self) -> tuple[Component, ...]:
        servers = (
            *(self._postgres, self._kafka, self._mail, self._zipkin),
            *(self._issuer, self._radicale, self._feed),
        )
        return tuple(server for server in servers if server)

    async def _start(self) -> None:
        async with asyncio.TaskGroup() as servers:
            if self._settings.postgres:
                servers.create_task(self.start_postgres())
            if self._settings.kafka:
                servers.create_task(self.start_kafka())
            if self._settings.mail:
                servers.create_task(self.start_mail())
            if self._settings.traces:
                servers.create_task(self.start_zipkin())
            if self._settings.calendars:
                servers.create_task(self.start_radicale())
                servers.create_task(self.start_feed())
            if self._settings.services:
                servers.create_task(self.start_issuer())
        if self._settings.services:
            await self.kafka.create_topics(all_topics(installed()))
            await self.kafka.coordinate_groups()
            await self._start_services()

    async def _start_services(self) -> None:
        specs = self._settings.services
        ports = {
            s.name: choose_port(self._settings.ports.get(s.name), purpose=s.name) for s in specs
        }
        addresses = Addresses(
            kafka=self.kafka.bootstrap_servers,
            smtp_host=self.mail.smtp_host,
            smtp_port=self.mail.smtp_port,
            services={name: url_on(port) for name, port in ports.items()},
            issuer=self.issuer.url,
            guest_link_key=new_key(),
            calendar_servers=tuple(s.authority for s in (self._radicale, self._feed) if s),
            zipkin=self._zipkin.spans_url if self._zipkin else None,
        )
        for spec in specs:
            dsn = await self.postgres.create_database(spec.name)
            service = Service(
                spec, self.workspace, port=ports[spec.name], dsn=dsn, addresses=addresses
            )
            self._services[spec.name] = service
        async with asyncio.TaskGroup() as starting:
            for service in self._services.values():
                starting.create_task(_start(service))

    async def _stop(self) -> None:
        failures = [*await _stop_all(self._services.values()), *await _stop_all(self._servers)]
        self._services = {}
        self._postgres = self._kafka = self._mail = self._zipkin = None
        self._issuer = self._radicale = self._feed = None
        if self._journal:
            await self._journal.close()
        if self._workspace:
            self._workspace.remove()
            self._workspace = None
        if failures:
            raise failures[0]


async def _start(service: Service) -> None:
    await service.prepare()
    await service.start()


async def _stop_all(components: Iterable[Component]) -> list[BaseException]:
    """End components side by side, each even when another fails; return the failures."""
    results = await asyncio.gather(*(_end(c) for c in components), return_exceptions=True)
    return [result for result in results if isinstance(result, BaseException)]


async def _end(component: Component) -> None:
    try:
        await component.stop()
    finally:
        await component.discard()


def _started(part: T | None, name: str) -> T:
    if part is None:
        raise StackError(f"this stack was started without {name}")
    return part
