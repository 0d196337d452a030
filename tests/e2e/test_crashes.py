"""Services that are killed in the middle of changes agree with the calendars afterwards."""

import asyncio
import signal
import sys
from datetime import timedelta
from itertools import chain
from pathlib import Path
from random import Random

import psutil
import pytest
from entente import Entente
from meetings import Meeting, monday
from people import Host
from platforms import connect_caldav, connect_in_house, connect_link
from restarts import require_real_kafka

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
    require_real_kafka(entente)
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


async def test_a_rebuild_answers_the_same_and_goes_on(entente: Entente) -> None:
    host = await entente.host(ZONE)
    calendars = (
        await connect_caldav(host, entente.xandikos),
        await connect_in_house(host),
        await connect_link(host, entente.web),
    )
    chance = Random(1)
    pictures: list[list[Meeting]] = []
    for _ in range(3):
        pictures = [picture(chance, day=day) for day in range(len(calendars))]
        for calendar, held in zip(calendars, pictures, strict=True):
            await calendar.hold(*held)
        await host.is_busy(*chain(*pictures), begin=BEGIN)
    before = await everything(host)

    said = await operate(entente, "rebuild", "availability", "--compare")
    assert "different before: nothing" in said
    assert await everything(host) == before
    await calendars[0].hold()
    await host.is_busy(*chain(*pictures[1:]), begin=BEGIN)


async def everything(host: Host) -> object:
    return await host.busy(BEGIN - timedelta(days=7), BEGIN + timedelta(days=70))


async def operate(entente: Entente, *arguments: str) -> str:
    """Run `entente` as an operator of availability does, with that service's environment."""
    service = psutil.Process(entente.stack.services["availability"].program.pid)
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).parent / "entente", *arguments),
        env=service.environ(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return " ".join(output.decode().split())
