"""What people type is what a reader sees, and stays in the one header field where it belongs."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32
from email.policy import default as modern
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from notifier.adapters.header_fields import Mailbox, mailbox_field, text_field, token_field
from notifier.adapters.letters import Letters
from notifier.adapters.writer import MailWriter
from notifier.application.mail_address import mailable
from notifier.application.read_booking import one_line
from notifier.domain.changes import notices_of
from notifier.domain.facts import Fact
from notifier.domain.guest_links import GuestLinks
from notifier.testing.gallery import a_breakage, an_owner
from notifier.testing.lives import LINK_KEY, NOW, a_booking, a_guest, a_host

pytestmark = pytest.mark.unit

ADDRESS = "elodie@example.com"
LETTERS = Letters(GuestLinks("https://book.example.org", LINK_KEY), "Entente")
WRITER = MailWriter(LETTERS, sender_address="bookings@entente.example.org")
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "MIME-Version",
]
INJECTION = (
    "=?utf-8?q?=0d=0aBcc:_victim=40example.org=0d=0aContent-Type:_text/html"
    "=0d=0a=0d=0a<h1>locked</h1>?="
)
FRAGMENTS = (
    "=?utf-8?q?",
    "=?us-ascii?b?DQpCY2M6eA==?=",
    "=?",
    "?=",
    "=0d=0aBcc:x@y",
    "=0D=0A=0D=0Ahi",
    "?q?",
    "=",
    "?",
    "_",
    " ",
    '"',
    "'",
    "\\",
    ",",
    ";",
    ":",
    "(",
    ")",
    "<a@b>",
    "@",
    ".",
    "[",
    "]",
    "x" * 90,
    "Ana Novak",
    "Ž" * 30,
    "名前 🎉",
)
PIECES = st.text(alphabet='ab=?.-_@ "<>,:üß。', max_size=6)
MAIL_ADDRESSES = st.emails() | st.builds("x{}@y{}.example".format, PIECES, PIECES)
TYPED = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=20), max_size=8).map(
    lambda parts: one_line("".join(parts))
)


def as_typed(field: str) -> str:
    """Return a field as a reader sees it who knows RFC 2047 and no more."""
    content = f"{field}\r\n".encode("ascii")
    (value,) = message_from_bytes(content, policy=compat32).values()
    return str(make_header(decode_header(re.sub(r"\r\n(?=[ \t])", "", value))))


@settings(deadline=None)
@given(TYPED)
@example(INJECTION)
@example("")
def test_a_subject_is_read_as_it_was_typed(text: str) -> None:
    field = text_field("Subject", text)
    assert_one_field(field)
    assert as_typed(field) == text
    read: Any = message_from_bytes(f"{field}\r\n".encode("ascii"), policy=modern)
    assert read["Subject"] == text


@settings(deadline=None)
@given(TYPED)
@example(INJECTION)
@example('Novak, Ana "The Chair"')
@example("")
def test_a_name_is_read_as_it_was_typed_and_leads_to_its_own_address(name: str) -> None:
    field = mailbox_field("To", Mailbox(name, ADDRESS))
    assert_one_field(field)
    read: Any = message_from_bytes(f"{field}\r\n".encode("ascii"), policy=modern)
    (address,) = read["To"].addresses
    assert address.addr_spec == ADDRESS
    assert unspaced(address.display_name) == unspaced(name)
    plain = message_from_bytes(f"{field}\r\n".encode("ascii"), policy=compat32)["To"]
    phrase, addr_spec = parseaddr(re.sub(r"\r\n(?=[ \t])", "", plain))
    assert (str(make_header(decode_header(phrase))), addr_spec) == (name, ADDRESS)


@settings(deadline=None)
@given(MAIL_ADDRESSES)
def test_whoever_is_mailed_stands_alone_in_the_header(typed: str) -> None:
    address = mailable(typed)
    if address is None:
        return
    assert mailable(address) == address
    for name in ("", "Ana Novak", "=?utf-8?q?x?="):
        field = mailbox_field("To", Mailbox(name, address))
        read: Any = message_from_bytes(f"{field}\r\n".encode("ascii"), policy=modern)
        assert [found.addr_spec for found in read["To"].addresses] == [address]


def unspaced(text: str) -> str:
    """Return a text without spaces: email.policy shows one between a name's encoded words."""
    return text.replace(" ", "")


def assert_one_field(field: str) -> None:
    assert field.endswith("\r\n")
    lines = field.removesuffix("\r\n").split("\r\n")
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])
    assert not re.search(r"[^ -~]", "".join(lines))
    assert max(len(line) for line in lines) <= 78


@settings(deadline=None)
@given(TYPED)
@example(INJECTION)
def test_nobody_adds_headers_recipients_or_parts_to_a_mail(typed: str) -> None:
    booking = a_booking(
        title=typed, guest=a_guest(name=typed), hosts=(a_host(name=typed, calendar_id=None),)
    )
    host, guest = notices_of(Fact.CONFIRMED, booking, before=None, writable={})
    for notice, parts in ((host, 3), (guest, 6)):
        content = WRITER.write(notice, message_id="<1@example.org>", made_at=NOW)
        mail: Any = message_from_bytes(content, policy=modern)
        assert sorted(mail.keys()) == sorted(HEADERS)
        assert [a.addr_spec for a in mail["To"].addresses] == [notice.party.address]
        assert [a.addr_spec for a in mail["From"].addresses] == ["bookings@entente.example.org"]
        assert len(mail["Reply-To"].addresses) == 1
        assert unspaced(mail["To"].addresses[0].display_name) == unspaced(typed)
        assert mail["Subject"] == one_line(LETTERS.compose(notice).subject)
        assert len(list(mail.walk())) == parts


def test_the_name_of_a_calendar_adds_none_either() -> None:
    content = WRITER.write_breakage(
        a_breakage(calendar=INJECTION), an_owner(name=INJECTION), message_id="<1@x>", made_at=NOW
    )
    mail: Any = message_from_bytes(content, policy=modern)
    assert sorted(mail.keys()) == sorted(set(HEADERS) - {"Reply-To", "References"})
    assert unspaced(mail["To"].addresses[0].display_name) == INJECTION


def test_an_ordinary_name_is_written_as_it_is() -> None:
    assert mailbox_field("To", Mailbox("Ana Novak", ADDRESS)) == f"To: Ana Novak <{ADDRESS}>\r\n"
    assert (
        mailbox_field("To", Mailbox("Dr. Ana Novak", ADDRESS))
        == f'To: "Dr. Ana Novak" <{ADDRESS}>\r\n'
    )
    long = " ".join(["Introduction"] * 8)
    assert as_typed(text_field("Subject", long)) == long
    assert "=?" not in text_field("Subject", long)


@pytest.mark.parametrize(
    "breaking", ["a\r\nBcc: x@y", "a\nb", "a\rb", "a\0b", "a\x85b", "a\u2028b"]
)
def test_a_line_break_is_refused(breaking: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        text_field("Subject", breaking)
    with pytest.raises(ValueError, match="one line"):
        mailbox_field("To", Mailbox(breaking, ADDRESS))
    with pytest.raises(ValueError, match="token"):
        token_field("Message-ID", breaking)


@pytest.mark.parametrize("address", ["", "nobody", "x>,<y@example.org", "a@b\r\nBcc: x@y"])
def test_a_mailbox_has_an_address(address: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        Mailbox("Ana", address)
