"""The stage of a walk: a system of its own, hosts on several platforms, and what they offer."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bookable import Offer, available, new_host, offer
from entente import Entente, running_entente
from notifier.testing.mail_server import MailServer, a_mail_server
from people import Host, Person
from platforms import DavCalendar, Link, connect_caldav, connect_link

TENANT = "walkers"
ZONE = "Europe/Paris"


@dataclass(frozen=True)
class Diary:
    """A host's calendar on a CalDAV server."""

    host: Host
    calendar: DavCalendar


@dataclass(frozen=True)
class Stage:
    """Everything a walk meets. `feed` is the read-only calendar of one of the hosts."""

    entente: Entente
    post: MailServer
    hosts: tuple[Host, ...]
    diaries: tuple[Diary, ...]
    feed: Link
    feed_host: Host
    offers: Mapping[str, Offer]
    operator: Person
    """Somebody who manages all hosts."""

    @property
    def with_calendars(self) -> list[Host]:
        """The hosts whose entries go anywhere."""
        return [*(diary.host for diary in self.diaries), self.feed_host]


@asynccontextmanager
async def set_stage(folder: Path) -> AsyncGenerator[Stage]:
    """Run the system with a mail server that can be told to fail; return when all is bookable."""
    async with (
        a_mail_server() as post,
        running_entente(
            folder,
            NOTIFIER__SMTP__PORT=str(post.port),
            NOTIFIER__SMTP__TIMEOUT_SECONDS="15",
            BOOKING__SAGA__ANSWER_SECONDS="5",
        ) as entente,
    ):
        yield await _furnished(entente, post)


async def _furnished(entente: Entente, post: MailServer) -> Stage:
    hosts = [await new_host(entente, ZONE, tenant=TENANT) for _ in range(4)]
    ada, bea, cyd, dan = hosts  # two with CalDAV, one with a link, one without a calendar
    diaries = [Diary(h, await connect_caldav(h, entente.radicale)) for h in (ada, bea)]
    feed = await connect_link(cyd, entente.web)
    common = {"reminders": [60], "minimum_notice_minutes": 0, "horizon_days": 30}
    offers = {
        "at once": await offer(entente, [ada], buffer_after_minutes=15, **common),
        "approved": await offer(entente, [bea], confirmation_required=True, **common),
        "held": await offer(entente, [ada], buffer_before_minutes=10, **common),
        "unheld": await offer(entente, [bea], holds=False, hold_minutes=1, **common),
        "by mail": await offer(entente, [cyd], **common),
        "recorded": await offer(entente, [dan], **common),
        "together": await offer(entente, [ada, bea], duration_minutes=45, **common),
    }
    for one in offers.values():
        await available(one)
    operator = await entente.person("operator", tenant=TENANT, roles=("owner", "operator"))
    return Stage(entente, post, tuple(hosts), tuple(diaries), feed, cyd, offers, operator)
