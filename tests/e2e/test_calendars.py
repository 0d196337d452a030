"""What people do in their own calendars shows in free/busy and in slots, whatever the platform."""

from datetime import UTC, datetime, timedelta

import pytest
from entente import Entente
from journal.lab.eventually import eventually
from meetings import Meeting, monday
from people import Host, slots
from platforms import ConnectedCalendar, connect_caldav, connect_in_house, connect_link

pytestmark = pytest.mark.e2e

ZONE = "Europe/Paris"


async def connected(entente: Entente, host: Host, platform: str) -> ConnectedCalendar:
    match platform:
        case "radicale":
            return await connect_caldav(host, entente.radicale)
        case "xandikos":
            return await connect_caldav(host, entente.xandikos)
        case "link":
            return await connect_link(host, entente.web)
        case _:
            return await connect_in_house(host)


@pytest.mark.parametrize("platform", ["radicale", "xandikos", "link", "in_house"])
async def test_a_calendar_is_followed(entente: Entente, platform: str) -> None:
    host = await entente.host(ZONE)
    calendar = await connected(entente, host, platform)
    begin, month = monday(ZONE), timedelta(weeks=4)
    talk = Meeting(uid="talk", start=monday(ZONE, hour=10))
    lunch = Meeting(uid="lunch", start=monday(ZONE, hour=12, day=2))

    for held in (
        [talk],  # created
        [talk.moved(hours=3)],  # moved
        [talk, lunch],
        [lunch],  # cancelled
        [lunch, talk.weekly(3)],  # made recurring
        [],
    ):
        await calendar.hold(*held)
        await host.is_busy(*held, begin=begin, end=begin + month)


async def test_a_slot_goes_with_the_event_and_comes_back_without_it(entente: Entente) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web)
    begin = monday(ZONE)
    day = [monday(ZONE, hour=hour).astimezone(UTC) for hour in range(9, 17)]
    talk = Meeting(uid="talk", start=monday(ZONE, hour=10))

    async def become(expected: list[datetime]) -> None:
        async def look() -> list[datetime]:
            return await slots([host], begin, begin + timedelta(days=1))

        await eventually(look, lambda found: found == expected, within=60)

    await become(day)
    await link.hold(talk)
    await become([day[0], *day[2:]])
    await link.hold()
    await become(day)


async def test_a_link_is_only_ever_read(entente: Entente) -> None:
    host = await entente.host(ZONE)
    link = await connect_link(host, entente.web)
    await host.tell("POST", f"/v1/calendars/{link.id}/sync")
    await host.is_busy(begin=monday(ZONE))

    asked = [request.method for request in entente.web.received if request.target == link.target]
    assert len(asked) > 1
    assert set(asked) == {"GET"}
