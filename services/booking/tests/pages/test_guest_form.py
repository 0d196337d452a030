"""What guests type, and what others send in their name."""

from typing import Any
from urllib.parse import urlencode

import pytest
from booking.entrypoints.pages import starts
from booking.entrypoints.pages.forms import Fields, posted
from booking.entrypoints.pages.guest_form import GuestForm
from fastapi import Request
from webapi import Problem

pytestmark = pytest.mark.unit

GOOD = {
    "name": "Tomás Ruiz",
    "address": "tomas@client.example",
    "note": "",
    "zone": "Europe/Madrid",
    "lang": "en",
    "key": "k",
}


def form(**changes: str) -> GuestForm:
    return GuestForm.filled(Fields({k: [v] for k, v in {**GOOD, **changes}.items()}))


def test_a_good_form_has_no_faults() -> None:
    assert not form().faults
    assert not form(name="<script>alert(1)</script>", note="line\r\nline").faults


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "Tom\r\nBcc: all@client.example"}, "name"),
        ({"name": "x" * 257}, "name"),
        ({"address": "tomas"}, "address"),
        ({"address": "tomas@client.example\r\nBcc: a@b.c"}, "address"),
        ({"address": "a@b.c, d@e.f"}, "address"),
        ({"note": "x" * 8_001}, "note"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"lang": "xx"}, "lang"),
        ({"website": "http://spam.example"}, "form"),
        ({"key": ""}, "form"),
    ],
)
def test_what_cannot_be_taken_is_named(changes: dict[str, str], fault: str) -> None:
    assert form(**changes).faults == {fault}


def test_nobody_turns_the_text_around_a_name() -> None:
    assert form(name="Ana\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe\N{POP DIRECTIONAL FORMATTING}").name == (
        "Anagpj.exe"
    )
    hebrew = "\N{RIGHT-TO-LEFT MARK}\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}"
    assert form(name=hebrew).name == hebrew


def test_starts_are_read_as_they_are_written() -> None:
    texts = [
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59Z",
        "2026-11-24T09:00Z",
        "2026-11-24T10:00+01:00",
        "2026-11-24T08:00",
        "x",
        "",
    ]
    (start,) = starts.read(texts)
    assert starts.written(start) == "2026-11-24T09:00Z"
    assert len(starts.read(f"2026-11-24T{hour:02}:{m}0Z" for hour in range(24) for m in "03")) == 20


def sent(body: bytes = b"", **headers: str) -> Request:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in {
                "content_type": "application/x-www-form-urlencoded",
                "host": "book.example",
                **headers,
            }.items()
        ],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"sec_fetch_site": "none"},
        {"origin": "https://book.example"},
        {"origin": "null"},
        {},
    ],
)
async def test_our_own_pages_may_send_forms(headers: dict[str, str]) -> None:
    fields = await posted(sent(urlencode({"name": "Ana"}).encode(), **headers))
    assert fields.one("name") == "Ana"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec_fetch_site": "cross-site", "origin": "https://book.example"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"content_type": "application/json"}, 415),
    ],
)
async def test_other_pages_may_not(headers: dict[str, str], status: int) -> None:
    with pytest.raises(Problem) as refused:
        await posted(sent(b"name=Ana", **headers))
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("body", "status"), [(b"x" * 65_537, 413), (b"a=1&" * 100, 400), (b"name=\xff", 400)]
)
async def test_what_is_no_form_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(Problem) as refused:
        await posted(sent(body))
    assert refused.value.status == status
