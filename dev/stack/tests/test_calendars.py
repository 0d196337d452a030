"""The issuer and the calendar servers of the demo."""

import httpx
import pytest
from stack import Stack, StackSettings

pytestmark = pytest.mark.integration

EVENT = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Entente//Tests//EN\r
BEGIN:VEVENT\r
UID:lunch@example.org\r
DTSTAMP:20261101T000000Z\r
DTSTART:20261102T110000Z\r
DTEND:20261102T120000Z\r
SUMMARY:Lunch\r
END:VEVENT\r
END:VCALENDAR\r
"""


async def test_calendars_are_served_and_tokens_signed(empty_stack: Stack) -> None:
    radicale = await empty_stack.start_radicale()
    feed = await empty_stack.start_feed()
    issuer = await empty_stack.start_issuer()

    await radicale.make_calendar("ada", "office", name="Office")
    await radicale.put_event("ada", "office", "lunch@example.org", EVENT)
    link = feed.publish("travel.ics", EVENT)

    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"{radicale.url}ada/office/lunch@example.org.ics"
        assert "Lunch" in (await client.get(url, auth=("ada", "ada"))).text
        assert (await client.get(url, auth=("ada", "wrong"))).status_code == 401
        assert (await client.get(f"{link}?key=secret")).text == EVENT
    assert (await issuer.token("ada", tenant="acme")).count(".") == 2


async def test_a_calendar_survives_the_servers_crash(empty_stack: Stack) -> None:
    radicale = await empty_stack.start_radicale()
    await radicale.make_calendar("grace", "home", name="Home")
    await radicale.kill()
    await radicale.start()
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.request(
            "PROPFIND", f"{radicale.url}grace/home/", auth=("grace", "grace")
        )
    assert answer.status_code == 207


def test_a_stack_without_calendars_says_so() -> None:
    with pytest.raises(Exception, match="without calendars"):
        _ = Stack(StackSettings(postgres=False, kafka=False)).radicale
