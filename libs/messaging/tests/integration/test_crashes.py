"""A process dies between two commits: the effect happens once all the same."""

from collections import Counter
from uuid import uuid4

import pytest
from journal.lab.fleet import Fleet
from journal.lab.wire import header

pytestmark = pytest.mark.integration


async def test_a_batch_killed_before_its_offset_commit_is_not_applied_twice(fleet: Fleet) -> None:
    notes = [uuid4() for _ in range(4)]
    for note in notes:
        await fleet.ledger.write(note, times=10)
    dying = await fleet.run_until_killed(
        group="reader", batches=True, failpoints="consumer.after_commit=kill"
    )
    assert await dying.fired() == ["consumer.after_commit kill"]
    applied = await fleet.ledger.copies("reader")
    assert applied
    assert await fleet.wire.lag(fleet.notes, "reader") == 40

    await fleet.start("next", group="reader", batches=True)

    await fleet.settle("reader")
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()


async def test_a_consumer_killed_before_its_offset_commit_applies_nothing_twice(
    fleet: Fleet,
) -> None:
    note = uuid4()
    await fleet.ledger.write(note, times=20)
    dying = await fleet.run_until_killed(group="reader", failpoints="consumer.after_commit=kill@5")
    assert await dying.fired() == ["consumer.after_commit kill"]
    assert await fleet.ledger.copies("reader") == {note: [1, 2, 3, 4, 5]}
    assert await fleet.wire.lag(fleet.notes, "reader") >= 20 - 4

    await fleet.start("next", group="reader")

    await fleet.settle("reader")
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()


async def test_a_relay_killed_before_its_delete_publishes_twice_and_consumers_apply_once(
    fleet: Fleet,
) -> None:
    notes = [uuid4() for _ in range(3)]
    for note in notes:
        await fleet.ledger.write(note, times=10)
    dying = await fleet.run_until_killed(failpoints="relay.after_send=kill")
    assert await dying.fired() == ["relay.after_send kill"]
    assert await fleet.ledger.outbox_size() == 30

    await fleet.start("next", group="reader")

    await fleet.settle("reader")
    assert await fleet.ledger.copies("reader") == await fleet.ledger.written()
    records = await fleet.wire.records(fleet.notes)
    assert set(Counter(header(record, "ce_id") for record in records).values()) == {2}
    assert len(records) == 60
