"""SIGTERM in the middle of a handler: what it does is finished or untouched, never half."""

from uuid import uuid4

import pytest
from journal.lab.eventually import eventually
from journal.lab.fleet import Fleet
from journal.lab.process import JournalProcess

pytestmark = pytest.mark.integration

IN_HANDLER = "consumer.in_handler"


async def terminated_in_handler(journal: JournalProcess, *, grace: float) -> None:
    await eventually(journal.fired, bool)
    assert await journal.fired() == [f"{IN_HANDLER} sleep"]
    await journal.program.terminate(grace=grace)
    assert journal.program.exit_code == 0


@pytest.mark.parametrize("batches", [False, True])
async def test_a_handler_that_ends_within_the_grace_time_is_finished(
    fleet: Fleet, batches: bool
) -> None:
    note = uuid4()
    await fleet.ledger.write(note, times=5)
    journal = await fleet.start(
        group="reader", batches=batches, failpoints=f"{IN_HANDLER}=sleep(2)@1"
    )
    await terminated_in_handler(journal, grace=30)

    numbers = (await fleet.ledger.copies("reader"))[note]
    assert numbers
    assert await fleet.ledger.claims() == len(numbers)
    assert await fleet.wire.lag(fleet.notes, "reader") == 5 - len(numbers)

    await fleet.start("next", group="reader")
    await fleet.settle("reader")
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()


async def test_a_handler_that_outlasts_the_grace_time_is_undone_and_comes_again(
    fleet: Fleet,
) -> None:
    note = uuid4()
    await fleet.ledger.write(note, times=5)
    journal = await fleet.start(
        group="reader", http__drain_seconds=2, failpoints=f"{IN_HANDLER}=sleep(300)@3"
    )
    await terminated_in_handler(journal, grace=30)

    assert await fleet.ledger.copies("reader") == {note: [1, 2]}
    assert await fleet.ledger.claims() == 2

    await fleet.start("next", group="reader")
    await fleet.settle("reader")
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()
