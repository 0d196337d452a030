"""Bookings while the mail server refuses, postpones, breaks off or hangs."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
import pytest_asyncio
from bookable import Booking, Offer, bookable, new_guest
from entente import Entente
from entente_contracts import Envelope, NotificationFailed, NotificationSent, decode, topics
from evidence import is_over, query, text_of
from meetings import monday
from notifier.testing.mail_server import MailServer, Script, a_mail_server
from platforms import connect_caldav
from restarts import restarted

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ZONE = "Europe/Paris"
TEN = monday(ZONE, hour=10)
HALF_HOUR = timedelta(minutes=30)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def post(entente: Entente) -> AsyncGenerator[MailServer]:
    """Yield the notifier's mail server; it fails once to everybody in its script."""
    async with a_mail_server(Script(times=1)) as server:
        settings = {
            "NOTIFIER__SMTP__PORT": str(server.port),
            "NOTIFIER__SMTP__TIMEOUT_SECONDS": "3",
        }
        async with restarted(entente, "notifier", **settings):
            yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def visited(entente: Entente) -> Offer:
    return await bookable(entente, partial(connect_caldav, server=entente.radicale), ZONE)


TROUBLES: dict[str, Callable[[Script, str], object]] = {
    "refuses the address": lambda script, guest: script.at_rcpt.update({guest: "550 5.1.1 no"}),
    "refuses the mail for now": lambda script, guest: script.after_data.update(
        {guest: "451 4.3.0 later"}
    ),
    "drops the connection after DATA": lambda script, guest: script.drops.add(guest),
    "hangs after DATA": lambda script, guest: script.hangs.add(guest),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_the_ledger_says_what_the_mail_server_did_and_the_other_party_is_told(
    post: MailServer, visited: Offer, trouble: str
) -> None:
    guest = new_guest()
    TROUBLES[trouble](post.script, guest)
    booking = await visited.book(TEN + list(TROUBLES).index(trouble) * HALF_HOUR, guest=guest)
    await booking.becomes("confirmed", entry="written")
    await is_over(booking)

    about = [mail for mail in post.taken if f"/b/{booking.id}/" in text_of(mail.message)]
    to_host = [mail for mail in about if mail.recipient == visited.hosts[0].address]
    to_guest = [mail for mail in about if mail.recipient == guest]
    assert [mail.accepted for mail in to_host] == [True]
    assert len({mail.content for mail in to_guest}) <= 1
    is_refused = trouble == "refuses the address"
    assert [mail.accepted for mail in to_guest] == ([] if is_refused else [False, True])
    outcome = "failed" if is_refused else "sent"
    ledger = "SELECT role, state FROM mail WHERE about = $1 ORDER BY role"
    rows = await query(booking.entente, "notifier", ledger, UUID(booking.id))
    assert [tuple(row) for row in rows] == [("guest", outcome), ("host", "sent")]
    assert sorted(await outcomes(booking)) == [("guest", outcome), ("host", "sent")]


async def outcomes(booking: Booking) -> list[tuple[str, str]]:
    """Return what was published of each party's mail, once it was settled for good."""
    found: list[tuple[str, str]] = []
    for record in await booking.entente.wire.records(topics.NOTIFICATION_EVENTS):
        if record.key != booking.id.encode():
            continue
        event = decode(Envelope.from_headers(record.headers).type, record.value or b"")
        if isinstance(event, NotificationSent):
            found.append((event.party.role.value, "sent"))
        if isinstance(event, NotificationFailed) and event.permanent:
            found.append((event.party.role.value, "failed"))
    return found
