"""The notifier over a real database and a real mail server; the clock is turned by hand."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import entente_contracts as contracts
from entente_contracts import Message, envelope_for, topics
from messaging.database import Sessions, build_engine, build_sessions
from messaging.delivery import Delivery, Position
from messaging.settings import KafkaSettings, PostgresSettings
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.adapters.dispatch import PostgresDispatch
from notifier.adapters.migrate import migrate
from notifier.adapters.smtp import SmtpMailer
from notifier.adapters.stores import stores_in, transactions
from notifier.application.follow_booking import follow_booking
from notifier.application.follow_connection import follow_calendar, follow_host
from notifier.application.ports import Mailer
from notifier.application.post import Post
from notifier.application.remind import remind_due
from notifier.entrypoints.sender import Sender
from notifier.main import post_for
from notifier.settings import MailSettings, NotifierSettings, SendingSettings, SmtpSettings
from notifier.testing.lives import LINK_KEY, NOW, TENANT
from notifier.testing.mail_server import MailServer, Script, a_mail_server

SENDER = "bookings@entente.example.org"
BASE_URL = "https://book.example.org"


@dataclass
class Clock:
    """A clock to turn."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time it was turned to."""
        return self.now


@dataclass(kw_only=True)
class World:
    """The use cases, and all that a test may look at or turn."""

    settings: NotifierSettings
    sessions: Sessions
    server: MailServer
    post: Post
    clock: Clock = field(default_factory=Clock)

    async def hear(self, event: Message, *, age: timedelta = timedelta(0)) -> None:
        """Let the notifier handle an event of this age in a transaction of its own."""
        async with self.sessions.begin() as session:
            await self.follow(session, event, age=age)

    async def follow(
        self, session: AsyncSession, event: Message, *, age: timedelta = timedelta(0)
    ) -> None:
        """Let the notifier handle an event of this age in a transaction of the caller's."""
        delivery: Delivery[Any] = delivered(event, at=self.clock.now - age)
        stores = stores_in(session)
        if isinstance(event, contracts.BookingEvent):
            await follow_booking(stores, self.post, delivery, now=self.clock.now)
        elif isinstance(event, contracts.CalendarEvent):
            await follow_calendar(stores, self.post, delivery, now=self.clock.now)
        else:
            await follow_host(stores, self.post, delivery, now=self.clock.now)

    async def tell(self, kind: type[contracts.BookingEvent], booking: contracts.Booking) -> None:
        """Let the notifier hear that something happened to a booking."""
        await self.hear(kind(tenant_id=TENANT, booking=booking))

    async def send(self, mailer: Mailer | None = None) -> int:
        """Send what is due; return how many mails were in hand."""
        sender, sent = self.sender(mailer), 0
        while count := await sender.send_due():
            sent += count
        return sent

    def sender(self, mailer: Mailer | None = None) -> Sender:
        """Return a sender on the world's mail server."""
        return Sender(
            PostgresDispatch(self.sessions),
            mailer or SmtpMailer(self.settings.smtp, sender=SENDER),
            self.clock,
            self.settings.sending,
            lease=timedelta(seconds=60),
        )

    async def remind(self) -> int:
        """Record the reminders that are due."""
        return await remind_due(transactions(self.sessions), self.post, self.clock)

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        """Return a query's rows."""
        async with self.sessions() as session:
            return (await session.execute(text(query), values)).all()

    async def ledger(self) -> list[tuple[str, str, str]]:
        """Return kind, role and state of every mail, in the order they were recorded."""
        rows = await self.rows("SELECT kind, role, state FROM mail ORDER BY id")
        return [(row.kind, row.role, row.state) for row in rows]

    async def announced(self) -> list[str]:
        """Return the types of the events that wait for the relay, in order."""
        rows = await self.rows("SELECT headers->>'ce_type' AS type FROM outbox ORDER BY id")
        return [row.type for row in rows]


def delivered(event: Message, *, at: datetime) -> Delivery[Any]:
    """Return an event as a consumer gets it."""
    envelope = envelope_for(event, source="/test", time=at)
    position = Position(topics.BOOKING_EVENTS.name, 0, 0)
    return Delivery(event, envelope, position, event.key(), ())


def settings_for(dsn: str, smtp_port: int, *, kafka: str = "unused:9092") -> NotifierSettings:
    """Return settings with a mail server on this machine and short waits."""
    return NotifierSettings(
        kafka=KafkaSettings(bootstrap_servers=kafka),
        postgres=PostgresSettings(dsn=SecretStr(dsn), pool_size=10),
        smtp=SmtpSettings(host="127.0.0.1", port=smtp_port, tls="none", timeout_seconds=2),
        mail=MailSettings(sender_address=SENDER),
        sending=SendingSettings(poll_seconds=0.05),
        public_base_url=BASE_URL,
        guest_link_key=SecretStr(LINK_KEY.decode()),
    )


@asynccontextmanager
async def a_world(dsn: str) -> AsyncGenerator[World]:
    """Yield a world over a fresh database, migrated."""
    async with a_mail_server(Script()) as server:
        settings = settings_for(dsn, server.port)
        await migrate(settings.postgres)
        engine = build_engine(settings.postgres, application_name="test")
        try:
            yield World(
                settings=settings,
                sessions=build_sessions(engine),
                server=server,
                post=post_for(settings),
            )
        finally:
            await engine.dispose()
