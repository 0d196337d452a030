"""The composition root: everything is built and wired here."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from entente_contracts import topics
from messaging.service import Build, Parts, Resources, run
from messaging.settings import load

from notifier.adapters.backlog import Backlog
from notifier.adapters.dispatch import PostgresDispatch
from notifier.adapters.housekeeping import Housekeeping
from notifier.adapters.letters import Letters
from notifier.adapters.migrate import migrations
from notifier.adapters.smtp import SmtpMailer
from notifier.adapters.stores import stores_in, transactions
from notifier.adapters.writer import MailWriter
from notifier.application.ports import Clock
from notifier.application.post import Post
from notifier.domain.guest_links import GuestLinks
from notifier.entrypoints.consumers import consumers
from notifier.entrypoints.reminders import Reminders
from notifier.entrypoints.sender import Sender
from notifier.settings import NotifierSettings
from notifier.subscriptions import GROUP

NAME = "notifier"
_REMINDERS_EVERY = timedelta(seconds=1)


def main() -> None:
    """Serve until SIGTERM."""
    settings = load(NotifierSettings)
    run(NAME, settings, builder(settings))


def builder(settings: NotifierSettings, *, clock: Clock | None = None, group: str = GROUP) -> Build:
    """Return what builds the notifier's parts from the service's resources."""
    now = clock or _present
    post = post_for(settings)

    @asynccontextmanager
    async def build(resources: Resources) -> AsyncGenerator[Parts]:
        sender = Sender(
            PostgresDispatch(resources.sessions),
            SmtpMailer(settings.smtp, sender=settings.mail.sender_address),
            now,
            settings.sending,
            lease=timedelta(
                seconds=settings.smtp.timeout_seconds + settings.sending.settling_seconds
            ),
        )
        reminders = Reminders(transactions(resources.sessions), post, now, every=_REMINDERS_EVERY)
        yield Parts(
            migrations=migrations,
            consumers=consumers(stores_in, post, now, group=group),
            publishes=[topics.NOTIFICATION_EVENTS],
            tasks={
                "sender": sender.run,
                "reminders": reminders.run,
                "backlog": Backlog(resources.sessions).run,
                "housekeeping": Housekeeping(resources.sessions).run,
            },
        )

    return build


def post_for(settings: NotifierSettings) -> Post:
    """Return what makes mails of notices."""
    links = GuestLinks(
        settings.public_base_url, settings.guest_link_key.get_secret_value().encode()
    )
    writer = MailWriter(
        Letters(links, settings.mail.sender_name), sender_address=settings.mail.sender_address
    )
    return Post(writer, domain=settings.mail.sender_address.rpartition("@")[2])


def _present() -> datetime:
    return datetime.now(UTC)
