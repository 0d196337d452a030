"""The guest pages over a real database, asked as browsers ask."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from booking.adapters.postgres.bookings import PostgresBookings
from booking.adapters.postgres.rate_limits import PostgresRateLimits
from booking.application.errors import StorageError
from booking.domain.booking import Status
from booking.domain.parties import Role
from booking.entrypoints.http.limits import PublicLimits
from booking.settings import LimitSettings
from booking.testing.pages import START, Pages, path_of, some_pages
from booking.testing.world import World

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture(loop_scope="session")
async def pages(world: World) -> AsyncGenerator[Pages]:
    async with some_pages(world) as served:
        yield served


async def test_a_form_sent_twice_books_once(pages: Pages) -> None:
    kind = await pages.meeting_type()
    form = await pages.form(kind)
    answers = await asyncio.gather(
        *(pages.http.post(f"/m/{kind.slug}/book?lang=sl", data=form) for _ in range(3))
    )
    (where,) = {answer.headers["location"] for answer in answers}
    assert {answer.status_code for answer in answers} == {303}
    assert await pages.world.column("SELECT count(*) FROM booking") == [1]
    page = await pages.http.get(where)
    assert "Srečanje je zabeleženo" in page.text
    changed = await pages.http.post(f"/m/{kind.slug}/book", data={**form, "name": "Somebody else"})
    assert changed.status_code == 422
    assert "sent before with other details" in changed.text
    assert f'value="{form["key"]}"' not in changed.text


async def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(pages: Pages) -> None:
    kind = await pages.meeting_type()
    form = await pages.form(kind, address="nowhere", note="<b>bold</b>")
    answer = await pages.http.post(f"/m/{kind.slug}/book", data=form)
    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="address-fault"' in answer.text
    assert 'value="Tomás Ruiz"' in answer.text
    assert "&lt;b&gt;bold&lt;/b&gt;" in answer.text
    assert f'value="{form["key"]}"' in answer.text
    assert await pages.world.column("SELECT count(*) FROM booking") == [0]


async def test_a_lost_race_says_so_and_shows_alternatives(pages: Pages) -> None:
    kind = await pages.meeting_type()
    form = await pages.form(kind)
    await pages.booking(kind)
    lost = await pages.http.post(f"/m/{kind.slug}/book", data=form)
    assert lost.status_code == 409
    assert "no longer free" in lost.text
    assert "Another meeting got that time" in lost.text
    offered = re.findall(r'type="radio" name="start" value="([^"]+)"', lost.text)
    assert len(offered) == 5
    assert START not in offered
    key = re.search(r'name="key" value="(\w+)"', lost.text)
    assert key is not None
    none_ticked = {**form, "key": key[1], "instead": offered}
    del none_ticked["start"]
    asked = await pages.http.post(f"/m/{kind.slug}/book", data=none_ticked)
    assert asked.status_code == 422
    assert re.findall(r'type="radio" name="start" value="([^"]+)"', asked.text) == offered
    assert "Book this time" in asked.text
    again = {**form, "start": offered[0], "key": key[1]}
    assert (await pages.http.post(f"/m/{kind.slug}/book", data=again)).status_code == 303


async def test_silence_of_availability_is_said_and_loses_nothing(pages: Pages) -> None:
    kind = await pages.meeting_type()
    form = await pages.form(kind)
    pages.hours.silent = True
    page = await pages.http.get(f"/m/{kind.slug}?week=2026-11-30")
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert f'href="/m/{kind.slug}?week=2026-11-30"' in page.text
    answer = await pages.http.post(f"/m/{kind.slug}/book", data=form)
    assert answer.status_code == 503
    assert 'value="Tomás Ruiz"' in answer.text
    assert await pages.world.column("SELECT count(*) FROM booking") == [0]


async def test_a_form_whose_fate_is_unknown_can_be_sent_again(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = await pages.meeting_type()
    form = await pages.form(kind)
    store = PostgresBookings.store

    async def store_and_break(*args: Any, **more: Any) -> None:
        await store(*args, **more)
        raise StorageError

    async def break_down(*_: object) -> None:
        raise StorageError

    with monkeypatch.context() as broken:
        broken.setattr(PostgresBookings, "store", store_and_break)
        broken.setattr(PostgresBookings, "answered", break_down)
        answer = await pages.http.post(f"/m/{kind.slug}/book", data=form)
    assert answer.status_code == 503
    assert "it will not be booked twice" in answer.text
    assert f'value="{form["key"]}"' in answer.text
    again = await pages.http.post(f"/m/{kind.slug}/book", data=form)
    assert again.status_code == 303
    assert await pages.world.column("SELECT count(*) FROM booking") == [1]


async def test_days_are_the_readers_own(pages: Pages) -> None:
    kind = await pages.meeting_type()
    # 09:00 of Monday in Ljubljana is Sunday evening in Honolulu.
    page = await pages.http.get(f"/m/{kind.slug}?week=2026-11-29&zone=Pacific/Honolulu&lang=en")
    (sunday,) = re.findall(
        r"<li class=\"day\">\s*<h3>.*?29.*?</h3>(.*?)</ol>", page.text, re.DOTALL
    )
    first = re.search(r'href="[^"]*start=([^"]+)".*?</span>([^<]+)</a>', sunday, re.DOTALL)
    assert first is not None
    assert first[1] == "2026-11-30T08%3A00Z"
    assert first[2].replace("\N{NARROW NO-BREAK SPACE}", " ") == "10:00 PM"


async def test_an_empty_week_says_when_the_next_free_time_is(pages: Pages) -> None:
    kind = await pages.meeting_type(horizon_days=20)
    pages.hours.closed_until = datetime(2026, 12, 8, tzinfo=UTC)
    page = await pages.http.get(f"/m/{kind.slug}?lang=en")
    assert "The next free time is on" in page.text
    assert "week=2026-12-08" in page.text
    pages.hours.closed_until = datetime(2027, 1, 1, tzinfo=UTC)
    page = await pages.http.get(f"/m/{kind.slug}?lang=en&week=2026-12-10")
    assert "later days cannot be booked yet" in page.text


async def test_reading_changes_nothing(pages: Pages) -> None:
    kind = await pages.meeting_type()
    standing = await pages.booking(kind)
    proposed = await pages.booking(kind, 1, 2)
    before = await pages.world.column("SELECT state FROM booking ORDER BY id")
    for path in (
        f"/m/{kind.slug}?week=9999-12-31&several=true&start=9999-12-31T23:59Z",
        f"/m/{kind.slug}/book?start={START}",
        *(path_of(standing) + verb for verb in ("", "/cancel", "/reschedule", "/calendar.ics")),
        f"{path_of(standing)}/reschedule?start={START}",
        *(path_of(proposed, Role.HOST) + verb for verb in ("", "/decline")),
    ):
        for _ in range(3):
            assert (await pages.http.get(path)).status_code in {200, 404}, path
    assert await pages.world.column("SELECT state FROM booking ORDER BY id") == before


async def test_a_wrong_link_reveals_nothing(pages: Pages) -> None:
    booking = await pages.booking(await pages.meeting_type())
    real = path_of(booking)
    wrong = [
        real[:-1] + ("A" if real[-1] != "A" else "B"),
        path_of(booking, Role.HOST).replace("/host/", "/guest/"),
        real.replace(str(booking.id), str(uuid4())),
        real.replace("/guest/", "/nobody/"),
        real.replace(str(booking.id), "1"),
        "/b/x",
        "/m/nothing-here",
        "/m/a/b/c",
        "/m/%00",
    ]
    answers = [await pages.http.get(path) for path in wrong]
    assert {answer.status_code for answer in answers} == {404}
    # Only the links to other languages repeat the address.
    assert len({re.sub(r'href="[^"]*"', "", answer.text) for answer in answers}) == 1
    posted = await pages.http.post(wrong[0] + "/cancel", data={"reason": "x"})
    assert posted.status_code == 404
    assert (await pages.state_of(booking)).status is Status.RECORDED_ONLY


async def test_every_page_keeps_its_address_to_itself(pages: Pages) -> None:
    kind = await pages.meeting_type()
    booking = await pages.booking(kind)
    for path, status in (
        (f"/m/{kind.slug}", 200),
        (path_of(booking), 200),
        (path_of(booking) + "x", 404),
    ):
        answer = await pages.http.get(path)
        assert answer.status_code == status
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", answer.text)


async def test_another_sites_page_cannot_press_buttons(pages: Pages) -> None:
    booking = await pages.booking(await pages.meeting_type())
    answer = await pages.http.post(
        path_of(booking) + "/cancel", data={}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert (await pages.state_of(booking)).status is Status.RECORDED_ONLY


async def test_cancelling_twice_cancels_once(pages: Pages) -> None:
    booking = await pages.booking(await pages.meeting_type())
    path = path_of(booking)
    for reason in ("ill", "still ill"):
        answer = await pages.http.post(path + "/cancel", data={"reason": reason})
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    cancelled = await pages.state_of(booking)
    assert (cancelled.status, cancelled.sequence) == (Status.CANCELLED, 1)
    page = await pages.http.get(path)
    assert "ill" in page.text
    assert "The guest cancelled it." in page.text
    assert (await pages.http.get(path + "/cancel")).headers["location"] == path


async def test_the_host_approves_or_declines_what_a_guest_proposes(pages: Pages) -> None:
    kind = await pages.meeting_type(confirmation_required=True)
    form = {**await pages.form(kind), "start": [START, "2026-12-01T13:00Z"]}
    sent = await pages.http.post(f"/m/{kind.slug}/book", data=form)
    assert "Waiting for an answer" in (await pages.http.get(sent.headers["location"])).text
    (booking_id,) = await pages.world.column("SELECT id FROM booking")
    booking = await pages.services.bookings.load(booking_id)  # pyright: ignore[reportArgumentType]  # a UUID
    assert booking is not None
    assert booking.status is Status.PROPOSED
    host = path_of(booking, Role.HOST)
    page = await pages.http.get(host, params={"lang": "en"})
    options = re.findall(r'name="option" value="([^"]+)"', page.text)
    assert len(options) == 2
    nothing = await pages.http.post(host + "/choose?lang=en", data={"option": ""})
    assert nothing.status_code == 422
    assert "Please choose one of the times." in nothing.text
    for _ in range(2):
        answer = await pages.http.post(host + "/choose", data={"option": options[1]})
        assert answer.status_code == 303
    assert (await pages.state_of(booking)).agreed.start == datetime(2026, 12, 1, 13, tzinfo=UTC)
    declined = await pages.booking(kind, 2, 3)
    asked = path_of(declined, Role.HOST)
    assert (await pages.http.get(asked + "/decline")).status_code == 200
    await pages.http.post(asked + "/decline", data={"reason": "on holiday"})
    page = await pages.http.get(path_of(declined))
    assert "No meeting was agreed" in page.text
    assert "on holiday" in page.text


async def test_a_meeting_moves_where_it_can(pages: Pages) -> None:
    kind = await pages.meeting_type()
    booking, other = await pages.booking(kind), await pages.booking(kind, 1)
    path = path_of(booking) + "/reschedule"
    taken = await pages.http.post(path, data={"start": f"{other.agreed.start:%Y-%m-%dT%H:%MZ}"})
    assert taken.status_code == 409
    assert "Another meeting got that time" in taken.text
    past = await pages.http.post(path, data={"start": "2020-01-06T12:00Z"})
    assert past.status_code == 409
    assert "too close to be booked" in past.text
    for _ in range(2):
        moved = await pages.http.post(path, data={"start": "2026-12-02T12:00Z"})
        assert (moved.status_code, moved.headers["location"]) == (303, path_of(booking))
    assert (await pages.state_of(booking)).agreed.start == datetime(2026, 12, 2, 12, tzinfo=UTC)


async def test_what_people_type_stays_text(pages: Pages) -> None:
    kind = await pages.meeting_type()
    form = await pages.form(
        kind, name="<script>alert(1)</script>\u202eevil", note="x" * 3000 + "\0"
    )
    sent = await pages.http.post(f"/m/{kind.slug}/book", data=form)
    guest = await pages.http.get(sent.headers["location"])
    (booking_id,) = await pages.world.column("SELECT id FROM booking")
    booking = await pages.services.bookings.load(booking_id)  # pyright: ignore[reportArgumentType]  # a UUID
    assert booking is not None
    host = await pages.http.get(path_of(booking, Role.HOST))
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;evil</bdi>" in host.text
    assert "<script>alert" not in guest.text + host.text
    split = await pages.http.get(f"/m/{kind.slug}/book?lang=sl%0d%0aSet-Cookie:x=1&zone=a%0d%0ab")
    assert split.headers["location"] == f"/m/{kind.slug}"
    assert "set-cookie" not in split.headers


async def test_too_much_is_told_when_to_come_back(pages: Pages) -> None:
    kind = await pages.meeting_type()
    few = LimitSettings(requests_per_minute=2)
    pages.app.state.limits = PublicLimits(PostgresRateLimits(pages.world.database), few)
    answers = [await pages.http.get(f"/m/{kind.slug}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "30"
    assert answers[2].headers["content-type"].startswith("text/html")
    assert "Too many requests came from your network" in answers[2].text


async def test_a_date_that_somebody_else_got_leaves_the_others(pages: Pages) -> None:
    kind = await pages.meeting_type(holds=False)
    proposed = await pages.booking(kind, 0, 1, by=Role.HOST)
    await pages.booking(kind, 0)
    page = await pages.http.post(
        path_of(proposed) + "/choose", data={"option": str(proposed.options[0].id)}
    )
    assert page.status_code == 409
    assert "The other dates can still be chosen." in page.text
    assert "Another meeting got that time." in page.text
    assert f'href="{path_of(proposed)}?lang=sl"' in page.text
    chosen = await pages.http.post(
        path_of(proposed) + "/choose", data={"option": str(proposed.options[1].id)}
    )
    assert chosen.status_code == 303


async def test_the_sheet_and_the_script_are_served(pages: Pages) -> None:
    page = await pages.http.get("/m/nothing-here")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(files) == 3
    for file in files:
        assert (await pages.http.get(file)).status_code == 200
