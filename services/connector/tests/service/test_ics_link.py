"""A link is connected, and what it says reaches Kafka."""

from uuid import uuid4

import pytest
from connector_lab.fault_server import FaultServer, reply
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab
from entente_contracts import CalendarConnected, CalendarSettingsChanged

pytestmark = pytest.mark.integration


async def test_a_link_is_read_and_followed(lab: Lab, web: FaultServer) -> None:
    path = f"/share?CacheKey={uuid4().hex}"
    web.answers(path, reply(calendar([event("a", at(9))], name="Work")))
    owner = lab.person("anna")
    host = await lab.host("anna")

    answer = await owner.post(
        f"/v1/hosts/{host}/connections",
        json={"provider": "ics", "url": f"http://{web.authority}{path}"},
    )

    assert answer.status_code == 201, answer.text
    (shown,) = answer.json()["calendars"]
    await lab.log.until(lambda: bool(lab.log.of(CalendarConnected, shown["id"])))
    (connected,) = lab.log.of(CalendarConnected, shown["id"])
    assert connected.calendar.capabilities.read
    assert not connected.calendar.capabilities.write
    assert connected.calendar.is_default
    await lab.log.until(lambda: lab.log.busy(shown["id"]) == {span(at(9))})
    assert len(lab.log.months(shown["id"])) == 15

    web.answers(path, reply(calendar([event("a", at(11)), event("b", at(15))], name="Work")))
    await lab.log.until(lambda: lab.log.busy(shown["id"]) == {span(at(11)), span(at(15))})
    named = lab.log.of(CalendarSettingsChanged, shown["id"])
    assert [event.calendar.name for event in named] == ["Work"]

    web.answers(path, reply(calendar([])))
    await lab.log.until(lambda: not lab.log.busy(shown["id"]))
