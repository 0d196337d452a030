"""Records that fail do not come again at once; nothing is committed for somebody else."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import messaging.subscription
import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from journal.lab.records import consumed
from journal.messages import NOTES
from messaging import backoff
from messaging.assignment import Assignments
from messaging.clients import Record
from messaging.consumer import RecordConsumer
from messaging.processing import Progress
from messaging.settings import KafkaSettings
from messaging.subscription import Subscription
from messaging.telemetry import Processing

pytestmark = pytest.mark.unit

RECORD = consumed(b"{}", [], offset=4)
PARTITION = TopicPartition(RECORD.topic, RECORD.partition)


class Broker:
    """Keeps what FastStream would call: the handler of messages, the listener of assignments."""

    handler: Any
    listener: Assignments

    def subscriber(self, *_: str, listener: Assignments, **__: Any) -> Any:
        self.listener = listener
        return self._register

    def _register(self, handler: Any) -> None:
        self.handler = handler

    async def deliver(self, client: "Client") -> None:
        await self.handler(SimpleNamespace(consumer=client, raw_message=RECORD, committed=None))


class Client:
    """A member of a group; `refuses` is what fetching more raises."""

    def __init__(self, refuses: Exception | None = None) -> None:
        self.refuses = refuses
        self.sought: list[int] = []
        self.committed = 0
        self.answers = asyncio.Event()
        self.answers.set()

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset([PARTITION])

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.sought.append(offset)

    async def getmany(self, **_: Any) -> Mapping[TopicPartition, Sequence[Record]]:
        if self.refuses is not None:
            raise self.refuses
        return {}

    async def commit(self) -> None:
        await self.answers.wait()
        self.committed += 1


class Processor:
    """Handles every record, or none of them where it has a failure to tell."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.consumer = RecordConsumer(NOTES, group="reader")
        self.failure = failure

    async def process(self, records: Sequence[Record], ending: asyncio.Event) -> Progress:
        del ending
        return Progress(0 if self.failure else len(records), self.failure)


def subscribed(processor: Processor) -> tuple[Broker, Subscription]:
    broker = Broker()
    subscription = Subscription(
        cast("Any", broker),
        cast("Any", processor),
        processing=Processing("test", parent_max_age_seconds=3600),
        kafka=KafkaSettings(bootstrap_servers="kafka:9092"),
    )
    return broker, subscription


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the failures in a row after each of which there was a pause, none of which lasts."""
    pauses: list[int] = []

    async def note(failures: int, ending: asyncio.Event) -> None:
        assert not ending.is_set()
        pauses.append(failures)

    monkeypatch.setattr(backoff, "pause", note)
    return pauses


async def test_each_failure_in_a_row_waits_longer_before_records_come_again(
    pauses: list[int],
) -> None:
    processor, client = Processor(ValueError()), Client()
    broker, _ = subscribed(processor)
    for _ in range(3):
        await broker.deliver(client)
    assert (pauses, client.sought, client.committed) == ([1, 2, 3], [4, 4, 4], 0)

    processor.failure = None
    await broker.deliver(client)
    processor.failure = ValueError()
    await broker.deliver(client)
    assert (pauses, client.committed) == ([1, 2, 3, 1], 1)


@pytest.mark.parametrize("end", ["of the assignment", "of the process"])
async def test_nobody_waits_for_a_pause(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def hour(_: int) -> float:
        return 3600

    monkeypatch.setattr(backoff, "seconds_after", hour)
    broker, subscription = subscribed(Processor(ValueError()))
    pausing = asyncio.create_task(broker.deliver(Client()))
    done, _ = await asyncio.wait([pausing], timeout=0.05)
    assert not done
    async with asyncio.timeout(5):
        if end == "of the process":
            subscription.end()
        else:
            await broker.listener.on_partitions_revoked([PARTITION])
        await pausing


@pytest.mark.parametrize("error", [KafkaError(), TopicAuthorizationFailedError()])
async def test_a_record_is_handled_though_no_others_can_be_fetched(error: Exception) -> None:
    client = Client(refuses=error)
    broker, _ = subscribed(Processor())
    await broker.deliver(client)
    assert client.committed == 1


async def test_a_commit_that_kafka_does_not_answer_ends_with_the_assignment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasty = partial(Assignments, finishing_seconds=0.01)
    monkeypatch.setattr(messaging.subscription, "Assignments", hasty)
    broker, _ = subscribed(Processor())
    client = Client()
    client.answers.clear()
    delivering = asyncio.create_task(broker.deliver(client))
    await asyncio.sleep(0)
    await broker.listener.on_partitions_revoked([PARTITION])
    await broker.listener.on_partitions_assigned([PARTITION])

    async with asyncio.timeout(5):
        await delivering
    assert client.committed == 0

    client.answers.set()
    await broker.deliver(client)
    assert client.committed == 1
