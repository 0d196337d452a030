"""docker-compose.yml as a person runs it. In the order of the file: the last test ends it."""

import asyncio
import re
import sys
import time

import httpx
import pytest
from compose import Compose
from engine import run
from told import MODELS

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]

_PATIENCE_SECONDS = 90.0


async def healthy(compose: Compose) -> None:
    """Wait until all that goes on is healthy."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while waiting := {
        name: container["State"]["Health"]["Status"]
        for name, container in (await compose.containers()).items()
        if not name.endswith("-preparation") and container["State"]["Health"]["Status"] != "healthy"
    }:
        assert time.monotonic() < deadline, waiting
        await asyncio.sleep(1)


async def printed_pages(compose: Compose) -> list[str]:
    """Run the sample; return the addresses it prints."""
    said = await compose.run("run", "--rm", "sample")
    pages = re.findall(rf"{compose.url('booking')}/m/\S+", said)
    assert len(pages) == 4, said
    return pages


async def test_all_is_prepared_and_becomes_healthy(compose: Compose) -> None:
    await healthy(compose)
    containers = await compose.containers()
    for service in MODELS:
        state = containers[f"{service}-preparation"]["State"]
        assert (state["Status"], state["ExitCode"]) == ("exited", 0)


async def test_nobody_is_root_and_no_root_can_be_written(compose: Compose) -> None:
    containers = await compose.containers()
    assert containers.keys() > MODELS.keys()
    for name, container in containers.items():
        limits = container["HostConfig"]
        assert limits["ReadonlyRootfs"], name
        assert limits["CapDrop"] == ["ALL"], name
        assert limits["SecurityOpt"] == ["no-new-privileges:true"], name
        assert not limits["Privileged"], name
        if container["State"]["Running"]:
            table = await run("docker", "top", container["Id"], "-eo", "uid,pid")
            assert {line.split()[0] for line in table.splitlines()[1:]} - {"0"}, name
            assert not re.search(r"^ *0 ", table, re.MULTILINE), name


async def test_a_guest_books_moves_and_cancels(compose: Compose) -> None:
    pages = await printed_pages(compose)
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        for page in pages:
            assert (await client.get(page)).is_success
    addresses = [f"--{name}={compose.url(name)}" for name in ("booking", "caldav", "mail")]
    said = await run(sys.executable, "-m", "stack.smoke", *addresses)
    assert "6 mails" in said.splitlines()[-1]


async def test_what_was_said_outlives_the_containers(compose: Compose) -> None:
    await compose.run("down")
    assert await compose.left("container", "--all") == []
    await compose.run("up", "--detach")
    await healthy(compose)
    mails = f"{compose.url('mail')}/messages/"
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        assert (await client.get(f"{compose.url('booking')}/m/meet-ada")).is_success
        assert len((await client.get(mails)).json()["messages"]) == 6
        await printed_pages(compose)  # adds nothing to what is there
        assert len((await client.get(mails)).json()["messages"]) == 6


async def test_nothing_is_left(compose: Compose) -> None:
    assert await compose.left("volume")
    await compose.run("down", "--volumes")
    for kind in ("container", "volume", "network"):
        assert await compose.left(kind) == [], kind
