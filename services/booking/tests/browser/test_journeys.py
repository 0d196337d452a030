"""What guests do in a browser: with the keyboard alone, and without JavaScript."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from booking.domain.booking import Status
from booking.domain.parties import Role
from booking.testing.site import GUEST, Site
from icalendar import Calendar
from playwright.async_api import Browser, Page, expect

pytestmark = pytest.mark.integration

_MOST_TABS = 200


@asynccontextmanager
async def a_page(browser: Browser, **options: Any) -> AsyncGenerator[Page]:
    settings: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/Madrid", **options}
    context = await browser.new_context(**settings)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector finds has the focus, and shows it."""
    for _ in range(_MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    pytest.fail(f"the keyboard does not reach {selector}")


async def press(page: Page, selector: str) -> None:
    """Reach a link or a button by keyboard and press it."""
    await tab_to(page, selector)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def test_by_keyboard_alone_a_guest_books_moves_and_cancels(
    site: Site, browser: Browser
) -> None:
    kind = await site.meeting_type()
    async with a_page(browser) as page:
        await page.goto(site.page_for(kind))
        await page.wait_for_url("**zone=Europe%2FMadrid**")
        await press(page, "a.slot")
        await tab_to(page, "#name")
        await page.keyboard.type("Tomás Ruiz")
        await tab_to(page, "#address")
        await page.keyboard.type("tomas@client.example")
        await press(page, "button.primary")
        await expect(page.get_by_role("heading", level=1)).to_have_text("The meeting is confirmed")
        first = await page.locator("time").first.get_attribute("datetime")

        await press(page, "a[href*='/reschedule']")
        await press(page, "li:nth-child(2) > ul > li > a.slot")
        await press(page, "button.primary")
        await expect(page.get_by_role("heading", level=1)).to_have_text("The meeting is confirmed")
        assert await page.locator("time").first.get_attribute("datetime") != first

        await press(page, "a[href*='/cancel']")
        await tab_to(page, "#reason")
        await page.keyboard.type("A conflict has come up")
        await press(page, "button.danger")
        await expect(page.get_by_role("heading", level=1)).to_have_text("The meeting is cancelled")
        await expect(page.get_by_text("A conflict has come up")).to_be_visible()
        assert page.url.split("?")[0].startswith(f"{site.url}/b/")


async def test_without_javascript_a_guest_chooses_among_the_hosts_dates(
    site: Site, browser: Browser
) -> None:
    kind = await site.meeting_type()
    proposal = await site.booking(kind, *await site.starts(kind, 3), by=Role.HOST, at_once=False)
    async with a_page(browser, java_script_enabled=False) as page:
        await page.goto(site.page_of(proposal))
        chosen = page.locator("label.check").nth(1)
        start = await chosen.locator("time").get_attribute("datetime")
        await chosen.click()
        await page.get_by_role("button", name="Confirm this time").click()
        confirmed = await site.reaches(proposal, Status.CONFIRMED)
        assert confirmed.agreed.start.isoformat() == start
        await page.goto(site.page_of(proposal))
        await expect(page.get_by_role("heading", level=1)).to_have_text("The meeting is confirmed")
        async with page.expect_download() as saving:
            await page.get_by_role("link", name="Add to calendar").click()
        file = await (await saving.value).path()
        (event,) = Calendar.from_ical(file.read_bytes()).events
        assert (event.start, str(event["uid"])) == (confirmed.agreed.start, confirmed.uid)


async def test_without_javascript_a_guest_proposes_times_of_several_weeks(
    site: Site, browser: Browser
) -> None:
    kind = await site.meeting_type()
    async with a_page(browser, java_script_enabled=False) as page:
        await page.goto(site.page_for(kind))
        await expect(page.locator("#zone")).to_have_value("Europe/Ljubljana")
        await page.locator("#zone").select_option("Europe/Paris")
        await page.get_by_role("button", name="Change").click()
        await page.get_by_role("link", name="Propose several times").click()
        await page.locator("label.slot").nth(20).click()
        await page.get_by_role("button", name="Later").click()
        await page.locator("label.slot").nth(3).click()
        await expect(page.locator(".elsewhere input")).to_be_checked()
        await page.get_by_role("button", name="Continue").click()
        await expect(page.locator(".chosen time")).to_have_count(2)
        await expect(page.locator("#zone")).to_have_value("Europe/Paris")
        await page.locator("#name").fill("Tomás Ruiz")
        await page.locator("#address").fill("tomas@client.example")
        await page.get_by_role("button", name="Propose these times").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Waiting for an answer")
        await expect(page.locator(".proposed time")).to_have_count(2)


async def test_the_language_can_be_changed_on_every_page(site: Site, browser: Browser) -> None:
    kind = await site.meeting_type()
    async with a_page(browser, locale="fr-FR", java_script_enabled=False) as page:
        await page.goto(site.page_for(kind))
        await expect(page.locator("html")).to_have_attribute("lang", "fr-FR")
        await page.get_by_role("link", name="Slovenščina").click()
        await expect(page.get_by_role("heading", level=2)).to_have_text("Izberite termin")
        await page.locator("a.slot").first.click()
        await expect(page.get_by_role("heading", level=2)).to_have_text("Vaši podatki")
        await expect(page.locator("#lang")).to_have_value("sl")


@pytest.mark.parametrize("width", [320, 1280])
async def test_long_and_strange_names_stay_in_their_place(
    site: Site, browser: Browser, width: int
) -> None:
    host = await site.host("Donaudampfschifffahrtsgesellschaft" * 7)
    kind = await site.meeting_type(host, title="x" * 200, location="<b>y</b>" * 25)
    (start,) = await site.starts(kind)
    booking = await site.booking(kind, start, name="\N{RIGHT-TO-LEFT OVERRIDE}gro.live<script>")
    await site.reaches(booking, Status.CONFIRMED)
    async with a_page(browser, viewport={"width": width, "height": 800}) as page:
        for address in (
            site.page_for(kind),
            site.page_of(booking),
            site.page_of(booking, Role.HOST),
            site.page_of(booking) + "/reschedule",
        ):
            await page.goto(address)
            excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await page.evaluate(excess) == 0, address
        await expect(page.locator("bdi b")).to_have_count(0)


async def test_the_browser_runs_and_sends_nothing_it_should_not(
    site: Site, browser: Browser
) -> None:
    kind = await site.meeting_type()
    (start,) = await site.starts(kind)
    booking = await site.reaches(await site.booking(kind, start), Status.CONFIRMED)
    requests: list[str] = []
    complaints: list[str] = []
    async with a_page(browser) as page:
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        for address in (site.page_for(kind), site.page_of(booking)):
            await page.goto(address)
            await page.wait_for_load_state("networkidle")
    assert all(url.startswith(site.url) for url in requests)
    assert not complaints
    assert not any(re.search(r"tomas|client\.example", url) for url in requests)
    assert GUEST.address == "tomas@client.example"
