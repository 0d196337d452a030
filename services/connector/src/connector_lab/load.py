# ruff: noqa: T201 - prints what it found
"""`python -m connector_lab.load`: many calendars in one connector, and what they cost it.

Connects links through the API of a connector that runs as a process of its own, waits until all are
read once, changes a tenth of them, and watches two rounds of polling. Prints how long reading took,
the memory of the connector with its workers, and by how much readings came late.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import psutil
from connector.adapters.postgres.migrate import migrate
from connector.settings import ConnectorSettings
from issuer.keys import SigningKey
from messaging.database import connect
from stack.ports import HOST, choose_port
from stack.settings import StackSettings
from stack.stack import Stack

from connector_lab.fault_server import FaultServer, reply
from connector_lab.feeds import TOMORROW, calendar, event
from connector_lab.fleet import ConnectorProcess, connector_process
from connector_lab.kafka_log import KafkaLog
from connector_lab.lab import Person, Surroundings, eventually

_LINKS_OF_A_HOST = 10
_AT_ONCE = 4
_TRIES = 5
_LOOK_EVERY_SECONDS = 1.0
_MIB = 1024 * 1024
_RULES = ("", "", "", "RRULE:FREQ=WEEKLY;COUNT=40", "RRULE:FREQ=MONTHLY;BYDAY=2TU")

_LATENESS = """
    SELECT coalesce(extract(epoch FROM now() - min(next_sync_at)), 0)::float8
    FROM calendar_sync WHERE lease IS NULL OR lease_until < now()
"""
_READ = "SELECT count(*) FROM calendar_sync WHERE as_of IS NOT NULL"
_OLDEST = "SELECT extract(epoch FROM now() - min(as_of))::float8 FROM calendar_sync"


@dataclass
class Watch:
    """The connector's memory and processor time, and how late it was, looked at every second."""

    process: ConnectorProcess
    database: Any
    memory: list[int] = field(default_factory=list[int])
    lateness: list[float] = field(default_factory=list[float])

    async def look(self) -> None:
        """Look until cancelled."""
        while True:
            self.memory.append(sum(_resident(it) for it in self._family()))
            self.lateness.append(max(0.0, await self.database.fetchval(_LATENESS)))
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def processor_seconds(self) -> float:
        """Return what the connector and its workers have used so far."""
        return sum(sum(it.cpu_times()[:2]) for it in self._family())

    def _family(self) -> list[psutil.Process]:
        first = psutil.Process(self.process.process.pid)
        return [first, *first.children(recursive=True)]


def main() -> None:
    """Run the load and print what it cost."""
    parser = argparse.ArgumentParser(prog="python -m connector_lab.load", description=__doc__)
    parser.add_argument("--calendars", type=int, default=2000)
    parser.add_argument("--events", type=int, default=300, help="in each calendar")
    parser.add_argument("--interval", type=float, default=150, help="seconds between readings")
    asyncio.run(_run(parser.parse_args()))


async def _run(asked: argparse.Namespace) -> None:
    async with AsyncExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
        web = await parts.enter_async_context(FaultServer())
        stack = await parts.enter_async_context(Stack(StackSettings(durable=False)))
        key = SigningKey(f"http://{web.authority}")
        surroundings = await Surroundings.prepare(stack.kafka, web, key, KafkaLog())
        settings = await _settings(surroundings, stack, asked.interval)
        process = await parts.enter_async_context(connector_process(settings, folder))
        database = await parts.enter_async_context(_database(settings))
        client = await parts.enter_async_context(_client(settings))
        watch = Watch(process, await parts.enter_async_context(_database(settings)))
        watching = asyncio.create_task(watch.look())
        try:
            await _load(asked, surroundings, client, database, watch)
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


async def _load(
    asked: argparse.Namespace,
    around: Surroundings,
    client: httpx.AsyncClient,
    database: Any,
    watch: Watch,
) -> None:
    random = Random(1)  # noqa: S311 - the same load every time
    began, used = time.monotonic(), watch.processor_seconds()
    targets = await _connect_all(asked, around, client, database, random)

    async def all_read() -> bool:
        return await database.fetchval(_READ) == asked.calendars

    await eventually(all_read, seconds=3600)
    took, cost = time.monotonic() - began, watch.processor_seconds() - used
    _say("connected and read once", took, cost, asked.calendars, watch)

    for target in targets[:: max(1, asked.calendars // 200)]:
        around.web.answers(target, reply(_feed(random, asked.events)))
    watch.memory.clear()
    watch.lateness.clear()
    began, used = time.monotonic(), watch.processor_seconds()
    await asyncio.sleep(2 * asked.interval)
    cost = watch.processor_seconds() - used
    _say("two rounds of polling", time.monotonic() - began, cost, 2 * asked.calendars, watch)
    print(f"  the oldest picture is {await database.fetchval(_OLDEST):.0f} s old")


async def _connect_all(
    asked: argparse.Namespace,
    around: Surroundings,
    client: httpx.AsyncClient,
    database: Any,
    random: Random,
) -> Sequence[str]:
    turns = asyncio.Semaphore(_AT_ONCE)
    owners = [f"owner-{number}" for number in range(-(-asked.calendars // _LINKS_OF_A_HOST))]
    hosts = [(uuid4(), owner) for owner in owners]
    await database.executemany(
        "INSERT INTO host (id, tenant_id, owner, address, timezone, active, revision)"
        " VALUES ($1, 'acme', $2, $2 || '@example.org', 'Europe/Paris', true, 1)",
        hosts,
    )
    targets = [f"/feed/{number}.ics" for number in range(asked.calendars)]
    for target in targets:
        around.web.answers(target, reply(_feed(random, asked.events)))

    async def one(number: int) -> None:
        host, owner = hosts[number // _LINKS_OF_A_HOST]
        token = around.key.token(subject=owner, tenant="acme", roles=("owner",))
        account = {"provider": "ics", "url": f"http://{around.web.authority}{targets[number]}"}
        answer = None
        for _ in range(_TRIES):  # both sides are busy; an owner would press the button again
            async with turns:
                path = f"/v1/hosts/{host}/connections"
                answer = await Person(client, token).post(path, json=account)
            if answer.is_success:
                return
        raise AssertionError(answer and answer.text)

    await asyncio.gather(*map(one, range(asked.calendars)))
    return targets


def _feed(random: Random, events: int) -> bytes:
    spans = [
        event(
            f"{random.getrandbits(64):x}",
            TOMORROW
            + timedelta(days=random.randrange(-20, 300), minutes=15 * random.randrange(96)),
            hours=random.choice((0.5, 1, 2)),
            more=random.choice(_RULES),
        )
        for _ in range(events)
    ]
    return calendar(spans)


async def _settings(around: Surroundings, stack: Stack, interval: float) -> ConnectorSettings:
    dsn = await stack.postgres.create_database("load")
    port = choose_port(None, purpose="connector")
    settings = around.settings(dsn=dsn, port=port)
    sync = settings.sync.model_copy(
        update={"interval_seconds": interval, "first_retry_seconds": 30, "per_server": 16}
    )
    expansion = settings.expansion.model_copy(update={"workers": 2})
    telemetry = settings.telemetry.model_copy(update={"log_level": "WARNING"})
    await migrate(settings.postgres)
    return settings.model_copy(
        update={"sync": sync, "expansion": expansion, "telemetry": telemetry}
    )


@asynccontextmanager
async def _database(settings: ConnectorSettings) -> AsyncGenerator[Any]:
    connection = await connect(settings.postgres, application_name="load")
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _client(settings: ConnectorSettings) -> AsyncGenerator[httpx.AsyncClient]:
    """Yield a client of the connector once it is ready."""
    address = f"http://{HOST}:{settings.http.port}"
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=120) as client:

        async def ready() -> bool:
            with suppress(httpx.TransportError):
                return (await client.get("/readyz")).is_success
            return False

        await eventually(ready)
        yield client


def _resident(process: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_info().rss)
    return 0


def _say(what: str, took: float, cost: float, readings: int, watch: Watch) -> None:
    late = sorted(watch.lateness)
    print(f"{what}: {took:.0f} s, {1000 * cost / readings:.1f} ms of processor time a reading")
    print(f"  memory of the connector with its workers, most: {max(watch.memory) // _MIB} MiB")
    print(f"  the latest reading was due since: half of the time {late[len(late) // 2]:.1f} s,")
    print(f"  at most {late[-1]:.1f} s; machine: {json.dumps(psutil.getloadavg())}")


if __name__ == "__main__":
    main()
