"""Projections made from the topics alone are the live ones, whatever went through them."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from availability.adapters.digest import digests
from availability.adapters.shadow import PostgresShadow
from availability.adapters.tables import LIVE, PROJECTION, calendar_check
from availability.adapters.topic_reader import topic_reader
from availability.entrypoints.cli import run_rebuild
from availability.subscriptions import TOPICS
from availability_lab.facts import timed
from availability_lab.lab import Issuer, Lab, Person, create_topics, open_lab, settings_for
from availability_lab.workload import Workload
from messaging.database import build_engine
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from stack.kafka.broker import KafkaBroker
from stack.pytest_plugin import unique_name

pytestmark = pytest.mark.integration

_ANALYZED = text(
    "SELECT reltuples FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = CAST(:schema AS regnamespace)"
)
WINDOW = {"from": "2026-11-01T00:00:00Z", "to": "2027-01-25T00:00:00Z"}


async def test_live_and_rebuilt_are_the_same_in_both_directions(lab: Lab) -> None:
    workload = Workload(1, lab.tenant)
    await lab.applied(await lab.wire.send(workload.records(300)))
    rebuilt = await run_rebuild(lab.settings, compared=True)
    assert rebuilt.records >= 300
    assert rebuilt.differences == ()

    going_on = asyncio.Event()
    going_on.set()

    async def traffic() -> list[UUID]:
        sent: list[UUID] = []
        while going_on.is_set():
            sent += await lab.wire.send(workload.records(5))
            await asyncio.sleep(0.1)
        return sent

    steady = lab.host()
    calendar = steady.calendar()
    await lab.tell(
        steady.changed(),
        calendar.connected(),
        calendar.picture("2026-11", timed("2026-11-03T08:00", "2026-11-03T09:00")),
    )
    person = await lab.person()

    async def asking() -> int:
        asked = 0
        while going_on.is_set():
            (only,) = await busy_of(person, steady.host_id)
            assert only["start"] == "2026-11-03T08:00:00Z"
            asked += 1
            await asyncio.sleep(0.02)
        return asked

    async with asyncio.TaskGroup() as group:
        told, answers = group.create_task(traffic()), group.create_task(asking())
        under_traffic = [await run_rebuild(lab.settings, compared=True) for _ in range(5)]
        going_on.clear()
    assert under_traffic[0].records > rebuilt.records
    assert {it.differences for it in under_traffic} == {()}
    assert answers.result() > 0
    await lab.applied(told.result())
    assert (await run_rebuild(lab.settings, compared=True)).differences == ()


async def busy_of(person: Person, host_id: UUID) -> list[Any]:
    body = {
        "hosts": [str(host_id)],
        "from": "2026-11-03T00:00:00Z",
        "to": "2026-11-04T00:00:00Z",
    }
    response = await person.post("/v1/free-busy", body)
    assert response.status_code == 200, response.text
    busy: list[Any] = response.json()["hosts"][0]["busy"]
    return busy


async def test_telling_everything_once_more_changes_nothing(lab: Lab) -> None:
    records = Workload(2, lab.tenant).records(150)
    await lab.applied(await lab.wire.send(records))
    before = await facts(lab)
    await run_rebuild(lab.settings)
    await run_rebuild(lab.settings)
    assert await facts(lab) == before


async def test_a_new_group_answers_the_same(
    lab: Lab, database: str, kafka: KafkaBroker, issuer: Issuer
) -> None:
    workload = Workload(3, lab.tenant)
    sent = await lab.wire.send(workload.records(250))
    await lab.applied(sent)
    group = unique_name("availability")
    await create_topics(kafka, group)
    settings = settings_for(dsn=database, kafka=kafka, issuer=issuer, group=group)
    async with open_lab(settings, issuer) as second:
        await second.applied(sent)
        await second.quiet()
        assert await answers_of(second, lab, workload) == await answers_of(lab, lab, workload)


async def test_rebuilt_tables_are_known_to_the_planner(lab: Lab) -> None:
    await lab.applied(await lab.wire.send(Workload(4, lab.tenant).records(50)))
    await run_rebuild(lab.settings)
    async with lab.sessions() as session:
        rows = (await session.execute(_ANALYZED, {"schema": LIVE})).scalars().all()
    assert len(rows) == len(PROJECTION)
    assert min(rows) >= 0  # of what was never analysed PostgreSQL says -1


@pytest_asyncio.fixture
async def impatient(lab: Lab) -> AsyncGenerator[AsyncEngine]:
    """Yield connections on which statements and idle transactions are ended after two seconds."""
    hurried = lab.settings.postgres.model_copy(update={"statement_timeout_seconds": 2})
    engine = build_engine(hurried, application_name="test")
    yield engine
    await engine.dispose()


async def test_a_rebuild_takes_longer_than_a_statement_may(
    lab: Lab, impatient: AsyncEngine
) -> None:
    await lab.applied(await lab.wire.send(Workload(5, lab.tenant).records(50)))
    async with topic_reader(lab.settings.kafka, TOPICS, group=lab.settings.group) as reader:
        shadow = PostgresShadow(impatient, reader)
        await shadow.create()
        await shadow.catch_up()
        locked = asyncio.Event()
        async with shadow.switching(), asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_locked(lab, locked))
            await locked.wait()
            assert await shadow.differences() == ()
    assert (await run_rebuild(lab.settings, compared=True)).differences == ()


async def keep_locked(lab: Lab, locked: asyncio.Event) -> None:
    """Make whoever reads a table wait for four seconds."""
    async with lab.sessions.begin() as session:
        await session.execute(text(f"LOCK TABLE {LIVE}.{calendar_check.name}"))
        locked.set()
        await asyncio.sleep(4)


async def answers_of(asked: Lab, teller: Lab, workload: Workload) -> list[Any]:
    person = await asked.person(tenant=teller.tenant)
    body = {"hosts": [str(host.host_id) for host in workload.hosts], **WINDOW}
    response = await person.post("/v1/free-busy", body)
    assert response.status_code == 200, response.text
    hosts: list[Any] = response.json()["hosts"]
    assert any(host["busy"] for host in hosts)
    return hosts


async def facts(lab: Lab) -> dict[str, str]:
    async with lab.sessions() as session:
        return dict(await digests(await session.connection(), LIVE))
