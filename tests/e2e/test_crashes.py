"""Services that are killed in the middle of changes agree with the calendars afterwards."""

import asyncio
import os
import signal
from random import Random

import pytest
from entente import Entente
from meetings import Meeting, monday
from platforms import connect_caldav, connect_link

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ZONE = "Europe/Paris"
BEGIN = monday(ZONE)
STEPS, KILLED_AT, BACK_AT = 14, 5, 10


def picture(chance: Random, day: int) -> list[Meeting]:
    """Return some half hours of a day, none touching another."""
    hours = sorted(chance.sample(range(8, 18), chance.randint(1, 6)))
    return [
        Meeting(uid=f"{day}-{hour}", start=monday(ZONE, day=day, hour=hour), minutes=30)
        for hour in hours
    ]


@pytest.mark.parametrize(
    "victims",
    [("connector",), ("availability",), ("connector", "availability")],
    ids=" and ".join,
)
async def test_after_a_kill_the_answer_is_what_the_calendars_hold(
    entente: Entente, victims: tuple[str, ...]
) -> None:
    if not entente.stack.kafka.real:
        unless_in_ci("needs a Kafka that balances groups")
    services = [entente.stack.services[name] for name in victims]
    host = await entente.host(ZONE)
    dav = await connect_caldav(host, entente.radicale)
    link = await connect_link(host, entente.web)
    await host.is_busy(begin=BEGIN)

    chance = Random(str(victims))
    held: list[Meeting] = []
    for step in range(STEPS):
        if step == KILLED_AT:
            await asyncio.gather(*(service.kill() for service in services))
            assert {service.program.exit_code for service in services} == {-signal.SIGKILL}
        if step == BACK_AT:
            await asyncio.gather(*(service.start() for service in services))
        on_server, on_link = picture(chance, day=0), picture(chance, day=1)
        await dav.hold(*on_server)
        await link.hold(*on_link)
        held = [*on_server, *on_link]
        await asyncio.sleep(0.5)

    await host.is_busy(*held, begin=BEGIN)


def unless_in_ci(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
