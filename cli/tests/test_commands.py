"""The operator's commands against a real broker, and their refusals without one."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from entente_cli.main import app
from entente_contracts import topics
from messaging.admin import connect_admin, create_topics
from messaging.broker import build_producer
from messaging.redrive import DeadLetterQueue
from messaging.settings import KafkaSettings
from stack import Stack, StackSettings
from stack.kafka.broker import KafkaBroker
from typer.testing import CliRunner

GROUP = "connector"
TOPIC = topics.CALENDAR_COMMANDS
REASON = [("x-dead-letter-reason", b"invalid_json"), ("x-dead-letter-group", b"connector")]

run = CliRunner().invoke


@pytest.mark.unit
def test_every_topic_is_listed_with_its_twins() -> None:
    listed = run(app, ["topics", "list"], env={"COLUMNS": "40"}).stdout
    for topic in (TOPIC, topics.dead_letter(TOPIC, GROUP), topics.redrive(TOPIC, GROUP)):
        assert topic.name in listed


@pytest.mark.unit
def test_a_group_that_does_not_read_the_topic_is_refused() -> None:
    result = run(
        app,
        ["dlq", "redrive", "--topic", TOPIC.name, "--group", "nobody", "--kafka", "127.0.0.1:1"],
    )
    assert result.exit_code == 2
    assert "nobody" in result.output


@pytest.mark.unit
def test_a_missing_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTENTE__KAFKA__BOOTSTRAP_SERVERS", raising=False)
    assert run(app, ["dlq", "list"]).exit_code == 2


@pytest.mark.integration
async def test_a_dead_letter_is_shown_and_redriven(
    require_real_kafka: KafkaBroker, private_stack: Callable[[StackSettings], Awaitable[Stack]]
) -> None:
    del require_real_kafka
    stack = await private_stack(StackSettings(postgres=False))  # others use the group's topics too
    settings = KafkaSettings(bootstrap_servers=stack.kafka.bootstrap_servers)
    letters, target = topics.dead_letter(TOPIC, GROUP), topics.redrive(TOPIC, GROUP)
    admin = await connect_admin(settings, client_id="test")
    await create_topics(admin, [letters, target])
    await admin.close()
    key = str(uuid4()).encode()
    producer = build_producer(settings, client_id="test")
    await producer.start()
    await producer.send_and_wait(letters.name, b"{", key=key, headers=REASON)
    await producer.stop()

    queue = DeadLetterQueue(settings, TOPIC, GROUP)
    (letter,) = [letter for letter in await queue.waiting() if letter.record.key == key]
    assert letter.about["reason"] == "invalid_json"

    assert await queue.redrive() >= 1
    assert await queue.waiting() == []
