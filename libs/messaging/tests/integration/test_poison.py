"""Records that can never be handled leave the partition for the dead letters, unchanged."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from entente_contracts.topics import redrive
from journal.lab.eventually import eventually
from journal.lab.fleet import Fleet
from journal.lab.records import note_record
from journal.lab.wire import header
from messaging.clients import Record
from messaging.redrive import DeadLetterQueue

pytestmark = pytest.mark.integration

# One key, one partition: what follows a poison record must get past it.
KEY = b"same partition"
ABSENT = object()


@dataclass(frozen=True, kw_only=True)
class Oddity:
    """A note's record, spoilt: other headers (or none of a name), another value, another key."""

    text: str = ""
    value: bytes | None = b""
    headers: dict[str, Any] = field(default_factory=dict[str, Any])
    key: bytes = KEY


DEAD: dict[str, tuple[Oddity, str]] = {
    "bad JSON": (Oddity(value=b'{"tenant_id": "t",'), "invalid_json"),
    "bad UTF-8": (Oddity(value=b'{"text": "\xff"}'), "invalid_json"),
    "another schema": (Oddity(value=b'{"number": "many"}'), "invalid_body"),
    "two megabytes": (Oddity(value=b"x" * 2_097_152), "record_too_large"),
    "no envelope": (Oddity(headers={"ce_id": ABSENT}), "invalid_envelope"),
    "an envelope not in UTF-8": (Oddity(headers={"ce_source": b"\xff"}), "invalid_envelope"),
    "an envelope with a null": (Oddity(headers={"ce_type": None}), "invalid_envelope"),
    "another content type": (Oddity(headers={"content-type": b"text/plain"}), "invalid_envelope"),
    "a key not in UTF-8": (Oddity(key=b"\xff"), "invalid_key"),
    "refused by the handler": (Oddity(text="unwanted"), "unwanted_note"),
    "a bug in the handler": (Oddity(text="broken"), "handler_failed"),
}
PASSED_OVER: dict[str, Oddity] = {
    "an unknown type": Oddity(headers={"ce_type": b"entente.journal.torn.v1"}, value=b"5"),
    "a tombstone": Oddity(value=None),
    "a tombstone without an envelope": Oddity(value=None, headers={"ce_id": ABSENT}),
}
APPLIED: dict[str, Oddity] = {
    "a foreign header not in UTF-8": Oddity(headers={"x-foreign": b"\xff\xfe"}),
    "a foreign header without a value": Oddity(headers={"x-foreign": None}),
    "no content type": Oddity(headers={"content-type": ABSENT}),
}


@pytest.mark.parametrize("batches", [False, True])
async def test_poison_first_in_its_partition_blocks_nothing_and_is_kept_as_it_was(
    fleet: Fleet, batches: bool
) -> None:
    for oddity, _ in DEAD.values():
        await produce(fleet, oddity)
    for oddity in PASSED_OVER.values():
        await produce(fleet, oddity)
    good = [await produce(fleet, oddity) for oddity in APPLIED.values()]

    await fleet.start(group="reader", batches=batches)
    await fleet.settle("reader")

    assert await fleet.ledger.copies("reader") == {note_id: [1] for note_id in good}
    letters = await fleet.dead_letters("reader")
    assert sorted(map(reason, letters)) == sorted(expected for _, expected in DEAD.values())
    originals = {origin(record): record for record in await fleet.wire.records(fleet.notes)}
    for letter in letters:
        original = originals[origin_of_letter(letter)]
        assert letter.key == original.key
        assert letter.value == original.value
        assert letter.headers[: len(original.headers)] == original.headers


@pytest.mark.parametrize("batches", [False, True])
async def test_dead_letters_in_a_row_stop_the_consumer_and_liveness_says_so(
    fleet: Fleet, batches: bool
) -> None:
    for _ in range(25):
        await produce(fleet, Oddity(text="unwanted"))
    await produce(fleet, Oddity())
    journal = await fleet.start(group="reader", batches=batches)

    live = await eventually(journal.livez, lambda answer: answer.status_code == 503)

    assert live.json()["problems"] == [
        f"reader:{fleet.notes.name}: halted after too many dead letters in a row"
    ]
    assert (await journal.readyz()).status_code == 200
    assert len(await fleet.dead_letters("reader")) == 20
    assert await fleet.ledger.copies("reader") == {}
    await journal.program.stop()
    assert journal.program.exit_code == 0
    assert await fleet.wire.lag(fleet.notes, "reader") == 6


async def test_a_redriven_letter_reaches_its_own_group_and_no_other(fleet: Fleet) -> None:
    note = uuid4()
    await fleet.ledger.write(note, "unique", times=2)
    for group in ("reader", "other"):
        await fleet.start(group, group=group)
        await fleet.settle(group)
        assert await fleet.ledger.copies(group) == {note: [1]}
    await fleet.ledger.forget_unique_texts()
    queue = DeadLetterQueue(fleet.kafka, fleet.notes, "reader")
    assert [letter.about["reason"] for letter in await queue.waiting()] == ["handler_failed"]

    assert await queue.redrive() == 1

    await eventually(lambda: fleet.ledger.copies("reader"), lambda seen: seen == {note: [1, 2]})
    assert await queue.waiting() == []
    assert await fleet.ledger.copies("other") == {note: [1]}
    assert len(await DeadLetterQueue(fleet.kafka, fleet.notes, "other").waiting()) == 1
    assert len(await fleet.wire.records(fleet.notes)) == 2
    (redriven,) = await fleet.wire.records(redrive(fleet.notes, "reader"))
    assert header(redriven, "x-redriven") == "1"


async def produce(fleet: Fleet, oddity: Oddity) -> UUID:
    note_id = uuid4()
    value, headers = note_record(note_id, oddity.text)
    kept = [(k, v) for k, v in (headers | oddity.headers).items() if v is not ABSENT]
    spoilt = value if oddity.value == b"" else oddity.value
    await fleet.wire.produce(fleet.notes, spoilt, key=oddity.key, headers=kept)
    return note_id


def reason(letter: Record) -> str:
    return str(header(letter, "x-dead-letter-reason"))


def origin(record: Record) -> tuple[str, str]:
    return str(record.partition), str(record.offset)


def origin_of_letter(letter: Record) -> tuple[str, str]:
    return (
        str(header(letter, "x-dead-letter-partition")),
        str(header(letter, "x-dead-letter-offset")),
    )
