"""A server goes away under load: nothing is lost, done twice or taken for a poison record."""

import asyncio
from uuid import uuid4

import pytest
from journal.lab.eventually import eventually
from journal.lab.fleet import Fleet
from stack import Stack

pytestmark = pytest.mark.integration

NOTES = [uuid4() for _ in range(8)]


async def test_kafka_gone_for_twenty_seconds_only_delays(breakable: tuple[Stack, Fleet]) -> None:
    stack, fleet = breakable
    journal = await fleet.start(group="reader")
    async with fleet.ledger.under_load(NOTES, per_second=50):
        await eventually(lambda: fleet.ledger.copies("reader"), bool)
        await stack.kafka.kill()
        await asyncio.sleep(20)
        grown = await fleet.ledger.outbox_size()
        live, ready = await journal.livez(), await journal.readyz()
        await stack.kafka.start()
    assert grown > 100
    assert live.status_code == 200
    assert ready.status_code == 503
    assert [problem.partition(":")[0] for problem in ready.json()["problems"]] == ["kafka"]

    await fleet.settle("reader", within=120)
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()
    assert await fleet.dead_letters("reader") == []


async def test_a_database_that_crashes_under_load_dead_letters_nothing(
    breakable: tuple[Stack, Fleet],
) -> None:
    stack, fleet = breakable
    await fleet.start("single", group="single")
    await fleet.start("batches", group="batches", batches=True)
    async with fleet.ledger.under_load(NOTES, per_second=100):
        await eventually(lambda: fleet.ledger.copies("single"), bool)
        await eventually(lambda: fleet.ledger.copies("batches"), bool)
        await stack.postgres.restart(immediate=True)
        await asyncio.sleep(1)
        await stack.postgres.kill()
        await asyncio.sleep(5)
        await stack.postgres.start()
        await asyncio.sleep(1)

    for group in ("single", "batches"):
        await fleet.settle(group, within=120)
        assert await fleet.ledger.copies(group) == await fleet.ledger.written()
        assert await fleet.dead_letters(group) == []
