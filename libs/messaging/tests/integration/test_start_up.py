"""A process that cannot work says why in one line and ends."""

import json

import pytest
from entente_contracts.topics import dead_letter, redrive
from journal.lab.fleet import Fleet
from journal.lab.process import JournalProcess
from stack import Stack, StartFailed
from stack.ports import HOST, choose_port

pytestmark = pytest.mark.integration


async def refusal_of(journal: JournalProcess) -> list[str]:
    with pytest.raises(StartFailed):
        await journal.program.start()
    assert journal.program.exit_code == 1
    lines = [json.loads(line) for line in journal.log.read_text().splitlines()]
    return [line["message"] for line in lines if line["level"] == "CRITICAL"]


async def test_without_kafka_it_names_the_address(fleet: Fleet) -> None:
    address = f"{HOST}:{choose_port(None, purpose='nobody')}"
    journal = await fleet.prepare(
        kafka__bootstrap_servers=address, kafka__startup_timeout_seconds=1
    )
    assert await refusal_of(journal) == [
        f"cannot start: Kafka at {address} did not answer within 1 s"
    ]


async def test_without_a_usable_database_it_names_address_and_reason(
    fleet: Fleet, stack: Stack
) -> None:
    dsn = stack.postgres.dsn("absent")
    journal = await fleet.prepare(postgres__dsn=dsn, postgres__startup_timeout_seconds=1)
    address, reason = dsn.rpartition("@")[2], 'database "absent" does not exist'
    assert await refusal_of(journal) == [
        f"cannot start: PostgreSQL at {address} was not usable within 1 s: {reason}"
    ]


async def test_missing_topics_are_named(fleet: Fleet, stack: Stack) -> None:
    journal = await fleet.prepare(group="reader")
    missing = [
        fleet.copies.name,
        dead_letter(fleet.notes, "reader").name,
        redrive(fleet.notes, "reader").name,
    ]
    await stack.kafka.delete_topics(missing)

    names = ", ".join(sorted(missing))
    assert await refusal_of(journal) == [
        f"cannot start: topics missing: {names}; make them with `entente topics create`"
    ]
