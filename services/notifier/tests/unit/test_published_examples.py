"""What the contracts show of bookings is understood, and can be told in every language."""

from typing import cast

import pytest
from entente_contracts import BookingConflictDetected, BookingEvent, decode, examples
from entente_contracts.message import message_types
from notifier.adapters.catalog import LANGUAGES
from notifier.adapters.letters import Letters
from notifier.adapters.writer import MailWriter
from notifier.application.post import Post
from notifier.application.read_booking import booking_of
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact, Obstacle
from notifier.domain.guest_links import GuestLinks
from notifier.domain.slot import Slot
from notifier.entrypoints.consumers import consumers
from notifier.testing.lives import LINK_KEY, NOW

pytestmark = pytest.mark.unit

WRITER = MailWriter(
    Letters(GuestLinks("https://book.example.org", LINK_KEY), "Entente"),
    sender_address="bookings@entente.example.org",
)
BOOKING_TYPES = [m.type for m in message_types() if issubclass(m, BookingEvent)]


@pytest.mark.parametrize("ce_type", BOOKING_TYPES)
def test_every_published_booking_can_be_told(ce_type: str) -> None:
    for example in examples.every(ce_type):
        event = cast("BookingEvent", decode(example.type, example.value))
        obstacle = None
        if isinstance(event, BookingConflictDetected):
            found = event.conflict
            obstacle = Obstacle(calendar_id=found.calendar_id, slot=Slot(found.start, found.end))
        for language in LANGUAGES:
            people = {
                "guest": event.booking.guest.model_copy(update={"locale": language}),
                "hosts": tuple(
                    host.model_copy(update={"locale": language}) for host in event.booking.hosts
                ),
            }
            booking = booking_of(event.booking.model_copy(update=people), event.tenant_id)
            fact = Fact(ce_type.split(".")[2])
            notices = notices_of(fact, booking, before=None, writable={}, obstacle=obstacle)
            assert notices
            for notice in notices:
                assert WRITER.write(notice, message_id="<1@example.org>", made_at=NOW)


def test_every_published_booking_event_is_listened_to() -> None:
    post = Post(WRITER, domain="entente.example.org")
    handled = {
        kind
        for consumer in consumers(lambda _: pytest.fail("not called"), post, lambda: NOW)
        for kind in consumer.accepted_types
    }
    assert handled >= set(BOOKING_TYPES)
