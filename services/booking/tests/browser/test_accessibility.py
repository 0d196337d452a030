"""No page breaks a rule that axe can check, in light and in dark."""

from datetime import datetime

import pytest
from axe_playwright_python.async_playwright import Axe
from booking.application.cancel import cancel_booking
from booking.domain.booking import Status
from booking.domain.parties import Role
from booking.entrypoints.pages import starts
from booking.testing.fake_connector import Answer
from booking.testing.site import Site
from playwright.async_api import Browser, Page

pytestmark = pytest.mark.integration


def form_at(site: Site, slug: str, *chosen: datetime) -> str:
    query = "&".join(f"start={starts.written(start)}" for start in chosen)
    return f"{site.url}/m/{slug}/book?{query}"


async def violations(axe: Axe, page: Page, name: str) -> list[str]:
    found = await axe.run(page)  # pyright: ignore[reportUnknownMemberType]  # partly untyped
    return [f"{name}: {found.generate_report()}"] if found.violations_count else []


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


async def pages_of(site: Site) -> dict[str, str]:
    """Return the address of every kind of page, by what it shows."""
    kind = await site.meeting_type(conference=True, confirmation_required=True)
    free = await site.starts(kind, 8)
    confirmed = await site.reaches(await site.booking(kind, free[0]), Status.CONFIRMED)
    proposal = await site.booking(kind, *free[1:4], by=Role.HOST, at_once=False)
    cancelled = await cancel_booking(
        site.world.services, await site.booking(kind, free[4]), by=Role.HOST, reason="ill"
    )
    calendarless = await site.meeting_type(await site.host(has_calendar=False))
    recorded = await site.booking(calendarless, free[0])
    host = await site.host()
    silent = await site.meeting_type(host)
    found = await site.world.services.calendars.of_hosts([host.id])
    site.connector.answers[found[host.id][0].id] = Answer.SILENCE
    confirming = await site.booking(silent, free[0])
    closed = await site.meeting_type(horizon_days=0)
    return {
        "free times": site.page_for(kind),
        "several times": f"{site.page_for(kind)}?several=true&start={starts.written(free[7])}",
        "nothing free": f"{site.page_for(closed)}?zone=Pacific/Kiritimati",
        "form": form_at(site, kind.slug, free[5]),
        "form for several": form_at(site, kind.slug, *free[5:8]),
        "confirmed": site.page_of(confirmed),
        "confirmed, for the host": site.page_of(confirmed, Role.HOST),
        "confirming": site.page_of(confirming),
        "to choose": site.page_of(proposal),
        "waiting": site.page_of(proposal, Role.HOST),
        "decline": site.page_of(proposal) + "/decline",
        "cancel": site.page_of(confirmed) + "/cancel",
        "cancelled": site.page_of(cancelled),
        "recorded only": site.page_of(recorded),
        "new time": site.page_of(confirmed) + "/reschedule",
        "move": f"{site.page_of(confirmed)}/reschedule?start={starts.written(free[6])}",
        "not found": site.page_of(confirmed) + "x",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_breaks_a_rule(site: Site, browser: Browser, axe: Axe, scheme: str) -> None:
    context = await browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", timezone_id="Europe/Ljubljana"
    )
    page = await context.new_page()
    broken: list[str] = []
    for name, address in (await pages_of(site)).items():
        await page.goto(address)
        broken += await violations(axe, page, name)
    kind = await site.meeting_type()
    await page.goto(form_at(site, kind.slug, *await site.starts(kind)))
    async with page.expect_navigation():
        await page.get_by_role("button", name="Book this time").click()
    broken += await violations(axe, page, "faults")
    await context.close()
    assert not broken, "\n".join(broken)
