"""Every language says everything, with the same placeholders."""

import re
from pathlib import Path
from string import Formatter

import pytest
from booking.domain.booking import Canceller, Status
from booking.domain.entry import Known
from booking.entrypoints.pages import rendering
from booking.entrypoints.pages.language import CODES
from booking.entrypoints.pages.texts import texts_in
from entente_contracts import RefusalReason

pytestmark = pytest.mark.unit

TEMPLATES = Path(rendering.__file__).parent / "templates"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", CODES[1:])
def test_languages_agree(code: str) -> None:
    first, other = texts_in(CODES[0]).entries, texts_in(code).entries
    assert other.keys() == first.keys()
    assert {k: placeholders(t) for k, t in other.items()} == {
        k: placeholders(t) for k, t in first.items()
    }


@pytest.mark.parametrize("code", CODES)
def test_no_text_is_empty_or_left_in_another_language(code: str) -> None:
    entries = texts_in(code).entries
    assert all(text.strip() == text != "" for text in entries.values())
    if code != CODES[0]:
        same = {key for key, text in entries.items() if texts_in(CODES[0]).entries[key] == text}
        assert same <= {"page.footer"}


def test_french_marks_stay_with_their_word() -> None:
    loose = re.compile(r" [?!;:]")
    assert not [text for text in texts_in("fr").entries.values() if loose.search(text)]


def test_every_text_a_template_names_exists() -> None:
    named = {
        key
        for template in TEMPLATES.glob("*.html")
        for key in re.findall(r"""\bt\(["']([\w.]+)["'][,)]""", template.read_text())
    }
    assert len(named) > 50
    assert named <= texts_in("en").entries.keys()


def test_every_state_and_reason_has_its_text() -> None:
    states = {s.value for s in Status if s is not Status.PROPOSED}
    keys = [
        *(f"{table}.{s}" for s in states | {"over"} for table in ("heading", "explained")),
        *(f"refusal.{reason}" for reason in RefusalReason),
        *(f"cancelled_by.{party}" for party in Canceller),
        *(f"entry.{known}" for known in Known),
    ]
    assert not [key for key in keys if key not in texts_in("en")]


def test_what_is_filled_in_is_escaped() -> None:
    said = texts_in("en")("explained.confirmed", other="<script>")
    assert "&lt;script&gt;" in said
    assert "<script>" not in said
