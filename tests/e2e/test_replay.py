"""Topics that are read again from their beginning send no mail and write nothing."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from bookable import Booking, Offer, available, new_host, offer
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from entente import Entente
from entente_contracts import topics
from evidence import is_over, query
from journal.lab.eventually import eventually
from meetings import Meeting, monday
from messaging.topology import installed
from people import Host
from platforms import DavCalendar, connect_caldav, connect_link
from restarts import require_real_kafka

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ZONE = "Europe/Paris"
NINE = monday(ZONE, hour=9)
HOUR = timedelta(hours=1)
ABOUT_BOOKINGS = (
    topics.BOOKING_EVENTS,
    topics.CALENDAR_COMMANDS,
    topics.CALENDAR_ENTRIES,
    topics.NOTIFICATION_EVENTS,
)
# A command that the connector does not remember gets the same answer again; booking passes it over.
REPEATED = topics.CALENDAR_ENTRIES.name
Facts: TypeAlias = dict[str, list[Any]]


@dataclass(frozen=True)
class Cast:
    """Hosts and guests in whose bookings all has happened that can."""

    entente: Entente
    hosts: Sequence[Host]
    calendar: DavCalendar
    bookings: Sequence[Booking]

    async def facts(self) -> Facts:
        """Return all that can be seen of the bookings, by where it is."""
        entente, ids = self.entente, [booking.id for booking in self.bookings]
        addresses = [*(host.address for host in self.hosts), *(b.guest for b in self.bookings)]
        state = "SELECT id, status, revision, state::text FROM booking WHERE id = ANY($1)"
        claims = "SELECT booking_id, during::text FROM slot_claim WHERE booking_id = ANY($1)"
        ledger = "SELECT message_id, state, attempts FROM mail WHERE about = ANY($1)"
        values = [UUID(one) for one in ids]
        return {
            "mails": sorted(
                mail.message.as_bytes() for mail in await entente.stack.mail.messages(*addresses)
            ),
            "calendar": sorted((e.path, e.content) for e in await self.calendar.entries("")),
            "writes": [s for s in entente.spans() if s.name in {"PUT", "DELETE"}],
            "bookings": sorted(map(tuple, await query(entente, "booking", state, values))),
            "claims": sorted(map(tuple, await query(entente, "booking", claims, values))),
            "ledger": sorted(map(tuple, await query(entente, "notifier", ledger, values))),
            **{
                topic.name: [
                    (record.partition, record.offset)
                    for record in await entente.wire.records(topic)
                    if _speaks_of(ids, record.value or b"")
                ]
                for topic in ABOUT_BOOKINGS
            },
        }


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten"])
async def test_topics_read_again_twice_change_nothing(
    entente: Entente, *, remembered: bool
) -> None:
    require_real_kafka(entente)
    cast = await act(entente)
    before = await cast.facts()
    assert all(before.values())
    for _ in range(2):
        await read_again(entente, remembered=remembered)
        for booking in cast.bookings:
            await is_over(booking)
        after = await cast.facts()
        changed = {place for place in before if after[place] != before[place]}
        assert changed <= ({REPEATED} if not remembered else set())


async def act(entente: Entente) -> Cast:
    """Book, move, cancel, turn down, refuse, propose, and book by mail."""
    host, reader = await new_host(entente, ZONE), await new_host(entente, ZONE)
    calendar = await connect_caldav(host, entente.radicale)
    await connect_link(reader, entente.web)
    at_once = await available(await offer(entente, [host]))
    on_approval = await available(await offer(entente, [host], confirmation_required=True))
    by_mail = await available(await offer(entente, [reader]))

    booked, moved, cancelled = [await confirmed(at_once, NINE + n * HOUR) for n in range(3)]
    (await moved.act("guest", "reschedule", start=(NINE + 3 * HOUR).isoformat())).raise_for_status()
    (await cancelled.act("host", "cancel", reason="Flu")).raise_for_status()
    sudden = Meeting(uid="sudden", start=NINE + 4 * HOUR)
    await calendar.hold(sudden)
    refused = await at_once.book(sudden.start)
    chosen = await on_approval.book(NINE + 5 * HOUR)
    (option,) = (await chosen.seen())["options"]
    (await chosen.act("host", "confirm", option_id=option["id"])).raise_for_status()
    turned_down = await on_approval.book(NINE + 6 * HOUR)
    (await turned_down.act("host", "decline")).raise_for_status()
    proposed = await on_approval.book(NINE + 7 * HOUR)
    mailed = await by_mail.book(NINE)

    await moved.becomes("confirmed", entry="written", sequence=1)
    await cancelled.becomes("cancelled")
    await refused.becomes("declined")
    await chosen.becomes("confirmed", entry="written")
    await mailed.becomes("confirmed", entry="by_mail")
    bookings = (booked, moved, cancelled, refused, chosen, turned_down, proposed, mailed)
    for booking in bookings:
        await is_over(booking)
    return Cast(entente, (host, reader), calendar, bookings)


async def confirmed(offered: Offer, start: Any) -> Booking:
    booking = await offered.book(start)
    await booking.becomes("confirmed", entry="written")
    return booking


async def read_again(entente: Entente, *, remembered: bool) -> None:
    """Let all groups forget where they were, and perhaps what they read; wait for the end."""
    services = entente.stack.services.values()
    await asyncio.gather(*(service.stop() for service in services))
    await forget_offsets(entente, installed())
    assert await entente.wire.lag(topics.BOOKING_EVENTS, "notifier") > 0
    if not remembered:
        for name in entente.stack.services:
            await query(entente, name, "TRUNCATE inbox")
    await asyncio.gather(*(service.start() for service in services))
    for group, read in installed().items():
        for topic in read:
            await eventually(
                lambda topic=topic, group=group: entente.wire.lag(topic, group),
                lambda behind: behind == 0,
                within=90,
            )


async def forget_offsets(entente: Entente, groups: Iterable[str]) -> None:
    """Delete the groups; one that has members still, as static ones stay a while, later."""
    admin: Any = AdminClient({"bootstrap.servers": entente.stack.kafka.bootstrap_servers})

    async def refusals() -> list[str]:
        deletions: list[Future[None]] = [
            *admin.delete_consumer_groups(list(groups)).values()  # untyped
        ]
        found = await asyncio.gather(*map(asyncio.wrap_future, deletions), return_exceptions=True)
        return [str(e) for e in found if isinstance(e, KafkaException) and not _is_unknown(e)]

    await eventually(refusals, lambda refused: not refused, within=90)


def _is_unknown(error: KafkaException) -> bool:
    return bool(error.args) and error.args[0].name() == "GROUP_ID_NOT_FOUND"


def _speaks_of(ids: Iterable[str], value: bytes) -> bool:
    return any(one.encode() in value for one in ids)
