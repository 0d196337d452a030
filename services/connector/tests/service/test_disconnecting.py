"""An account that ends leaves nothing behind but its name, and can come back."""

from typing import Any

import pytest
from connector_lab.feeds import at, calendar, event, span
from connector_lab.lab import Lab
from entente_contracts import CalendarConnected, CalendarDisconnected, CalendarSettingsChanged

pytestmark = pytest.mark.integration


async def test_months_end_with_the_connection_and_come_back_with_it(lab: Lab) -> None:
    log, host = lab.log, await lab.host("dina")
    link = lab.link(calendar([event("a", at(9))]))
    connection = await lab.connect(host, "dina", link.account)
    shown = connection["calendars"][0]["id"]
    await log.until(lambda: log.busy(shown) == {span(at(9))})
    path = f"/v1/connections/{connection['id']}"

    assert (await lab.person("dina").delete(path)).status_code == 204

    await log.until(lambda: set(log.months(shown).values()) == {None})
    (ended,) = log.of(CalendarDisconnected, shown)
    assert not ended.calendar.is_default
    (row,) = await lab.sql("SELECT credentials FROM connection WHERE id = :id", id=connection["id"])
    assert row.credentials is None
    assert not await lab.sql("SELECT 1 FROM calendar_object WHERE calendar_id = :id", id=shown)
    assert (await lab.person("dina").delete(path)).status_code == 204
    assert len(log.of(CalendarDisconnected, shown)) == 1

    again = await lab.person("dina").put(f"{path}/account", json=link.account)
    assert [c["id"] for c in again.json()] == [shown]
    await log.until(lambda: log.busy(shown) == {span(at(9))})
    assert len(log.of(CalendarConnected, shown)) == 2


async def test_an_account_of_another_provider_does_not_take_its_place(lab: Lab) -> None:
    host = await lab.host("dora")
    link = lab.link(calendar([event("a", at(9))]))
    connection = await lab.connect(host, "dora", link.account)
    path = f"/v1/connections/{connection['id']}/account"
    answer = await lab.person("dora").put(path, json={"provider": "inhouse", "name": "Shifts"})
    assert (answer.status_code, answer.json()["code"]) == (422, "other_provider")
    assert answer.json()["provider"] == "ics"
    shown = connection["calendars"][0]
    (row,) = await lab.sql("SELECT status, fault FROM calendar WHERE id = :id", id=shown["id"])
    assert (row.status, row.fault) == ("connected", None)
    assert len(await lab.sql("SELECT 1 FROM calendar WHERE host_id = :host", host=host)) == 1


async def test_another_calendar_takes_the_place_of_the_default(lab: Lab) -> None:
    host = await lab.host("dean")
    first = await lab.connect(host, "dean", lab.link(calendar([])).account)
    second = await lab.connect(host, "dean", lab.link(calendar([])).account)
    await lab.person("dean").delete(f"/v1/connections/{first['id']}")
    heir = second["calendars"][0]["id"]
    await lab.log.until(lambda: bool(lab.log.of(CalendarSettingsChanged, heir)))
    assert lab.log.of(CalendarSettingsChanged, heir)[-1].calendar.is_default


async def test_one_account_is_connected_once(lab: Lab) -> None:
    host = await lab.host("otto")
    link = lab.link(calendar([]))
    first = await lab.connect(host, "otto", link.account)
    account: Any = link.account
    answer = await lab.person("otto").post(f"/v1/hosts/{host}/connections", json=account)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_connected")
    assert answer.json()["connection_id"] == first["id"]
