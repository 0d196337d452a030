"""Every language says everything, and every mail says all of it in HTML and in plain text."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from html.parser import HTMLParser
from string import Formatter

import pytest
from notifier.adapters.catalog import LANGUAGES, catalog_for, catalog_of
from notifier.adapters.letters import Letters
from notifier.adapters.writer import MailWriter
from notifier.domain.guest_links import GuestLinks
from notifier.domain.notices import Kind, Notice, Part
from notifier.testing.gallery import a_breakage, an_owner, gallery
from notifier.testing.lives import LINK_KEY, NOW

pytestmark = pytest.mark.unit

LETTERS = Letters(GuestLinks("https://book.example.org", LINK_KEY), "Entente")
WRITER = MailWriter(LETTERS, sender_address="bookings@entente.example.org")
WORDINGS = {key.rpartition(".")[0] for key in catalog_of("en").texts if key.endswith(".subject")}


class Words(HTMLParser):
    """The text of a page, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: set[str] = set()
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "title")
        self.links |= {value for name, value in attrs if name == "href" and value}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def parsed(mail: bytes) -> EmailMessage:
    return message_from_bytes(mail, policy=modern)


def words(text: str) -> str:
    return " ".join(text.split())


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_names(language: str) -> None:
    def names(texts: dict[str, str]) -> dict[str, set[str | None]]:
        return {key: {name for _, name, _, _ in Formatter().parse(t)} for key, t in texts.items()}

    english, other = catalog_of("en").texts, catalog_of(language).texts
    wanted, found = names(dict(english)), names(dict(other))
    assert found.keys() == wanted.keys()
    assert {key: found[key] - {None} for key in found} == {
        key: wanted[key] - {None} for key in wanted
    }


def test_the_gallery_shows_every_wording() -> None:
    shown = {notice.text for notice in gallery("en")} | {"broken"}
    assert shown == WORDINGS
    assert {notice.kind for notice in gallery("en")} == set(Kind) - {Kind.CONNECTION_BROKEN}


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en", "en"),
        ("fr-CA", "fr"),
        ("SL_si", "sl"),
        ("de", "en"),
        ("zh-Hant-TW", "en"),
        ("??", "en"),
    ],
)
def test_a_reader_of_another_language_gets_english(locale: str, language: str) -> None:
    assert catalog_for(locale).language == language
    for notice in gallery(locale):
        assert LETTERS.compose(notice).language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_is_complete_in_html_and_in_text(language: str) -> None:
    for notice in gallery(language):
        mail = parsed(WRITER.write(notice, message_id="<1@example.org>", made_at=NOW))
        letter = LETTERS.compose(notice)
        page = Words()
        page.feed(body(mail, "html"))
        seen, plain = words(" ".join(page.text)), words(body(mail, "plain"))
        said = [letter.heading, letter.lead, letter.title, letter.footer, *letter.notes]
        said += [fact.value for fact in letter.facts] + [button.label for button in letter.buttons]
        for text in said:
            assert words(text) in seen
            assert words(text) in plain
        for slot in (letter.slot, *letter.choices):
            assert slot is None or (slot.date in plain and slot.date in seen and slot.time in seen)
        assert {button.href for button in letter.buttons} <= page.links
        assert all(button.href in plain for button in letter.buttons)
        assert "{" not in plain
        assert f'lang="{language}"' in body(mail, "html")


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_are_those_of_a_personal_mail(language: str) -> None:
    for notice in gallery(language):
        content = WRITER.write(notice, message_id="<1@example.org>", made_at=NOW)
        mail = parsed(content)
        assert mail["To"].addresses[0].addr_spec == notice.party.address
        assert mail["From"].addresses[0].addr_spec == "bookings@entente.example.org"
        assert mail["Message-ID"] == "<1@example.org>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Content-Language"] == language
        assert len(mail["Subject"]) <= 140
        assert not mail.defects
        assert content.isascii()
        assert max(len(line) for line in content.split(b"\r\n")) <= 998
        assert b"\n" not in content.replace(b"\r\n", b"")


def test_no_part_has_a_calendar_unless_the_notice_has_one() -> None:
    for notice in gallery("en"):
        mail = parsed(WRITER.write(notice, message_id="<1@example.org>", made_at=NOW))
        kinds = [part.get_content_type() for part in mail.walk()]
        calendars = kinds.count("text/calendar")
        attached = kinds.count("application/ics")
        assert (calendars, attached) == {
            Part.NONE: (0, 0),
            Part.PUBLISH: (0, 1),
            Part.REQUEST: (1, 1),
            Part.CANCEL: (1, 1),
        }[notice.part]
        if calendars:
            assert kinds == [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/ics",
            ]


def a_notice(text: str, role: str = "guest", language: str = "en") -> Notice:
    return next(n for n in gallery(language) if n.text == text and n.party.role == role)


def test_cancel_and_reschedule_lead_to_the_page_of_that_party() -> None:
    links = GuestLinks("https://book.example.org", LINK_KEY)
    for role in ("host", "guest"):
        notice = a_notice("invitation", role)
        page = links.page(notice.booking.id, notice.party.role)
        assert [b.href for b in LETTERS.compose(notice).buttons] == [
            f"{page}/reschedule",
            f"{page}/cancel",
        ]


def test_times_are_those_of_the_recipient() -> None:
    letter = LETTERS.compose(a_notice("update.moved"))
    assert letter.slot is not None
    assert letter.previous is not None
    assert letter.slot.line == "Wednesday, 11 March 2026, 16:00\N{EN DASH}16:30 (Paris, GMT+01:00)"
    assert (
        letter.previous.line == "Tuesday, 10 March 2026, 14:00\N{EN DASH}14:30 (Paris, GMT+01:00)"
    )
    french = LETTERS.compose(a_notice("update.moved", language="fr"))
    assert french.subject == "Nouvel horaire : Introduction, 11 mars 2026, 16:00"


def test_a_guest_sees_whom_a_mail_is_from_and_answers_that_person() -> None:
    guest = parsed(WRITER.write(a_notice("invitation"), message_id="<1@x>", made_at=NOW))
    assert guest["From"].addresses[0].display_name == "Ana Novak via Entente"
    assert guest["Reply-To"].addresses[0].addr_spec == "ana@example.org"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", ["authentication", "never heard of", ""])
def test_a_broken_connection_names_calendar_and_reason(language: str, fault: str) -> None:
    for is_gone in (False, True):
        mail = parsed(
            WRITER.write_breakage(
                a_breakage(fault=fault, is_gone=is_gone),
                an_owner(language),
                message_id="<1@example.org>",
                made_at=NOW,
            )
        )
        assert "Work" in mail["Subject"]
        plain = words(body(mail, "plain"))
        say = catalog_of(language)
        assert say(f"fault.{fault}" if fault == "authentication" else "fault.other") in plain
        assert not re.search(r"https?://", plain)
