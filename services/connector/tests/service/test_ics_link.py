"""A link is connected, and what it says reaches Kafka."""

import pytest
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab
from entente_contracts import CalendarConnected, CalendarSettingsChanged

pytestmark = pytest.mark.integration


async def test_a_link_is_read_and_followed(lab: Lab) -> None:
    log, host = lab.log, await lab.host("anna")
    link = lab.link(calendar([event("a", at(9))], name="Work"))

    (shown,) = (await lab.connect(host, "anna", link.account))["calendars"]

    await log.until(lambda: bool(log.of(CalendarConnected, shown["id"])))
    (connected,) = log.of(CalendarConnected, shown["id"])
    assert connected.calendar.capabilities.read
    assert not connected.calendar.capabilities.write
    assert connected.calendar.is_default
    await log.until(lambda: log.busy(shown["id"]) == {span(at(9))})
    assert len(log.months(shown["id"])) == 15

    link.says(calendar([event("a", at(11)), event("b", at(15))], name="Work"))
    await log.until(lambda: log.busy(shown["id"]) == {span(at(11)), span(at(15))})
    named = log.of(CalendarSettingsChanged, shown["id"])
    assert [event.calendar.name for event in named] == ["Work"]

    link.says(calendar([]))
    await log.until(lambda: not log.busy(shown["id"]))


async def test_the_owners_zone_decides_over_floating_times(lab: Lab) -> None:
    host = await lab.host("zoe", timezone="Europe/Paris")
    floating = event("f", at(9)).replace("Z\r\nDTEND", "\r\nDTEND").replace("Z\r\nSUMM", "\r\nSUMM")
    (shown,) = (await lab.connect(host, "zoe", lab.link(calendar([floating])).account))["calendars"]
    await lab.log.until(lambda: bool(lab.log.busy(shown["id"])))
    before = lab.log.busy(shown["id"])
    assert before != {span(at(9))}

    await lab.announce_host(host, "zoe", timezone="Etc/UTC", revision=2)
    await lab.log.until(lambda: lab.log.busy(shown["id"]) == {span(at(9))})
