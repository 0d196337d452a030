"""In which language and on which clock a page is shown."""

import pytest
from babel import Locale
from booking.entrypoints.pages.language import choose_language
from booking.entrypoints.pages.reader import reader_of
from booking.entrypoints.pages.zones import choices_in, zone_chosen
from fastapi import Request

pytestmark = pytest.mark.unit


def request(query: str = "", accepted: str = "") -> Request:
    headers = [(b"accept-language", accepted.encode())] if accepted else []
    return Request(
        {"type": "http", "method": "GET", "query_string": query.encode(), "headers": headers}
    )


@pytest.mark.parametrize(
    ("chosen", "stored", "accepted", "tag"),
    [
        (None, None, "de, fr;q=0.4, sl-SI;q=0.8", "sl-SI"),
        (None, None, "en-GB,en;q=0.9", "en-GB"),
        ("en", None, "fr, en-GB;q=0.5", "en-GB"),
        ("sl", None, "fr", "sl"),
        (None, "fr-CA", "sl", "fr-CA"),
        (None, "de-DE", "sl", "sl"),
        ("xx", None, "nonsense;q=high, *;q=0", "en"),
        (None, None, None, "en"),
        (None, None, "en-!!", "en"),
    ],
)
def test_the_language_is_chosen_stored_accepted_or_english(
    chosen: str | None, stored: str | None, accepted: str | None, tag: str
) -> None:
    assert choose_language(chosen, stored, accepted=accepted).tag == tag


def test_another_script_than_the_texts_is_not_taken_over() -> None:
    language = choose_language(None, accepted="en-Shaw-GB")
    assert (language.code, language.tag) == ("en", "en-GB")
    assert choices_in(language.locale)


def test_the_zone_is_chosen_or_the_hosts() -> None:
    assert reader_of(request(), zone="Europe/Paris").zone.key == "Europe/Paris"
    chosen = reader_of(request("zone=Asia/Tokyo&lang=fr"), zone="Europe/Paris")
    assert chosen.zone.key == "Asia/Tokyo"
    assert chosen.url("/m/x", week="2026-11-24") == "/m/x?lang=fr&zone=Asia%2FTokyo&week=2026-11-24"


@pytest.mark.parametrize(
    "zone", ["../etc/passwd", "Mars/Olympus", "/etc/localtime", "\0", "A" * 99]
)
def test_what_is_no_zone_is_not_chosen(zone: str) -> None:
    assert zone_chosen(zone) is None


@pytest.mark.parametrize("code", ["en", "fr", "sl"])
def test_zones_are_offered_by_part_of_the_world(code: str) -> None:
    choices = choices_in(Locale.parse(code))
    every = [choice.name for group in choices.values() for choice in group]
    assert {"Europe/Ljubljana", "America/New_York", "Asia/Kathmandu", "UTC"} <= set(every)
    assert len(every) == len(set(every))
    assert all(zone_chosen(name) for name in every)
