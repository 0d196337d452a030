"""Processes join and leave, some without a word: each effect happens once and in order."""

import asyncio
from uuid import uuid4

import pytest
from journal.lab.eventually import eventually
from journal.lab.fleet import Fleet
from journal.lab.ledger import NumbersByNote
from journal.lab.process import JournalProcess
from stack.spans import named

pytestmark = pytest.mark.integration


def count(copies: NumbersByNote) -> int:
    return sum(map(len, copies.values()))


async def duplicates(fleet: Fleet) -> int:
    return sum(span.attributes.get("entente.inbox.duplicates", 0) for span in fleet.spans())


async def test_relays_and_consumers_come_and_go_under_load(fleet: Fleet) -> None:
    notes = [uuid4() for _ in range(240)]

    async def join(name: str, *, batches: bool = True) -> JournalProcess:
        return await fleet.start(name, group="reader", batches=batches, telemetry__sample_ratio=0)

    async def applied() -> int:
        return count(await fleet.ledger.copies("reader"))

    first, second = await asyncio.gather(join("first", batches=False), join("second"))
    async with asyncio.TaskGroup() as load:
        load.create_task(fleet.ledger.write_side_by_side(notes, writers=12, changes_each=1000))
        await eventually(applied, lambda seen: seen > 0)
        third = await join("third")
        await first.program.stop()
        await second.program.kill()
        await join("fourth")
    await fleet.settle("reader", within=150)

    written = await fleet.ledger.written()
    assert count(written) == 12_000
    assert await fleet.ledger.copies("reader") == written
    assert first.program.exit_code == 0
    assert third.program.running


async def test_records_that_come_while_a_batch_gathers_share_its_transaction(fleet: Fleet) -> None:
    patient = await fleet.start("patient", group="reader", batches=True, gathering_seconds=2)
    for _ in range(20):
        await fleet.ledger.write(uuid4())
        await asyncio.sleep(0.05)
    await fleet.settle("reader")
    await patient.program.stop()

    batches = named(fleet.spans(), f"process {fleet.notes.name}")
    sizes = [span.attributes.get("messaging.batch.message_count", 1) for span in batches]
    assert sum(sizes) == 20
    assert max(sizes) >= 5
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()


async def test_a_batch_that_gathers_does_not_keep_a_process_from_stopping(fleet: Fleet) -> None:
    patient = await fleet.start("patient", group="reader", batches=True, gathering_seconds=300)
    await fleet.ledger.write(uuid4())
    await asyncio.sleep(1)
    await patient.program.stop()
    assert patient.program.exit_code == 0
    await fleet.start("heir", group="reader", batches=True)
    await fleet.settle("reader")
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()


@pytest.mark.parametrize("batches", [False, True])
async def test_what_is_in_hand_is_committed_before_others_get_its_partitions(
    fleet: Fleet, batches: bool
) -> None:
    for _ in range(30):
        await fleet.ledger.write(uuid4())
    first = await fleet.start(
        "first", group="reader", batches=batches, failpoints="consumer.in_handler=sleep(3)"
    )
    await eventually(first.fired, bool)
    await fleet.start("second", group="reader", batches=batches)
    await fleet.ledger.write(uuid4(), times=10)
    await fleet.settle("reader")

    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()
    assert await duplicates(fleet) == 0


@pytest.mark.parametrize("moment", ["consumer.in_handler", "consumer.after_commit"])
async def test_a_zombie_that_wakes_after_its_partitions_were_taken_changes_nothing(
    fleet: Fleet, moment: str
) -> None:
    note = uuid4()
    await fleet.ledger.write(note, times=40)
    zombie = await fleet.start(
        "zombie",
        group="reader",
        failpoints=f"{moment}=sleep(2)@5",
        postgres__statement_timeout_seconds=5,
    )
    await eventually(zombie.fired, bool)
    zombie.program.pause()

    await fleet.start("heir", group="reader", postgres__statement_timeout_seconds=5)
    await fleet.settle("reader")
    zombie.program.resume()

    await eventually(lambda: duplicates(fleet), bool)
    await fleet.ledger.write(note, times=10)
    await fleet.settle("reader")
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()
