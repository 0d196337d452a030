"""What people call themselves and their meetings breaks out of nothing."""

from email import message_from_bytes
from email.policy import default as modern
from typing import Any

import pytest
from icalendar import Calendar
from notifier.adapters.letters import Letters
from notifier.adapters.writer import MailWriter
from notifier.application.mail_address import mailable
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact
from notifier.domain.guest_links import GuestLinks
from notifier.domain.parties import Party, Role
from notifier.testing.lives import LINK_KEY, NOW, a_booking, a_guest, a_host

pytestmark = pytest.mark.unit

WRITER = MailWriter(
    Letters(GuestLinks("https://book.example.org", LINK_KEY), "Entente"),
    sender_address="bookings@entente.example.org",
)
NASTY = (
    "x\r\nBcc: victim@example.org",
    "x\nMETHOD:CANCEL\nEND:VCALENDAR",
    'Ana "The\x00 Chair" Novak; RSVP=FALSE:mailto:x@example.org',
    "<script>alert(1)</script>",
    "{other} {0.__class__} {{ letter }} %s",
    "Ž" * 200,
    "名前 🎉\u2028x\u0085y",
    "=?utf-8?q?Bcc=3A_x?=",
    "",
)


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_breaks_out_of_header_calendar_or_page(nasty: str) -> None:
    booking = a_booking(
        title=nasty,
        location=nasty,
        description=nasty,
        guest=a_guest(name=nasty),
        hosts=(a_host(name=nasty, calendar_id=None),),
        conference_url="javascript:alert(1)//" + nasty,
    )
    for notice in notices_of(Fact.CONFIRMED, booking, before=None, writable={}):
        content = WRITER.write(notice, message_id="<1@example.org>", made_at=NOW)
        mail: Any = message_from_bytes(content, policy=modern)
        assert mail["Bcc"] is None
        assert len(mail["To"].addresses) == 1
        assert mail["To"].addresses[0].addr_spec == notice.party.address
        html = mail.get_body(("html",)).get_content()
        assert "<script" not in html
        assert 'href="javascript' not in html
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                _is_one_request(part.get_content(), notice.party.address)


def _is_one_request(text: str, recipient: str) -> None:
    calendar: Any = Calendar.from_ical(text)
    assert calendar["METHOD"] == "REQUEST"
    (event,) = calendar.walk("VEVENT")
    attendees = event["ATTENDEE"]
    assert str(attendees[0]) == f"mailto:{recipient}"
    assert attendees[0].params["RSVP"] == "TRUE"
    assert len(attendees) == 2


@pytest.mark.parametrize(
    ("address", "as_sent"),
    [
        ("ana@example.org", "ana@example.org"),
        ("a.b+c@Bücher.example", "a.b+c@xn--bcher-kva.example"),
        ("gast@faß.de", "gast@xn--fa-hia.de"),
        ("gast@例え。テスト", "gast@xn--r8jz45g.xn--zckzah"),
        ("gast@xn--fa-hia.de", "gast@xn--fa-hia.de"),
        ("gast@ab--c.Example", "gast@ab--c.Example"),
        ("gast@ü\u200d.example", None),
        ("gast@ü" + "x" * 62 + ".example", None),
        ("x>,<y@example.org", None),
        ('"a b"@example.org', None),
        ("jörg@example.org", None),
        ("a@b@c", None),
        ("a..b@example.org", None),
        ("a@" + "x" * 64 + ".example", None),
        ("a@" + "x" * 63 + ".example", "a@" + "x" * 63 + ".example"),
        ("a" * 250 + "@b.example", None),
        ("elodie@example.com.", None),
        ("elodie@.example.com", None),
        ("elodie@example..com", None),
        ("elodie@-example.com", None),
        ("elodie@example-.com", None),
        ("=?utf-8?q?x?=@example.com", None),
        ("a=?utf-8?q?=0d=0aBcc:z?=@example.com", None),
        ("a=b?c@example.com", "a=b?c@example.com"),
        ("@example.com", None),
        ("example.com", None),
        ("a\n@example.com", None),
        ("a@example.com\n", None),
    ],
)
def test_an_address_is_sent_to_only_as_smtp_takes_it(address: str, as_sent: str | None) -> None:
    assert mailable(address) == as_sent


@pytest.mark.parametrize("name", ["a\rb", "a\nb", "a\0b"])
def test_a_party_stands_on_one_line(name: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        Party(role=Role.GUEST, name=name, address="a@b", timezone="UTC", locale="en")
