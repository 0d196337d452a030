"""Liveness turns red for what a restart mends, and for nothing else."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError
from messaging.health import Liveness, Readiness
from messaging.subscription import Subscription

pytestmark = pytest.mark.unit

PARTITION = TopicPartition("journal.notes.v1", 0)


class Client:
    """A Kafka client that stands at `at` of a partition with `end` records."""

    def __init__(self, *, at: int = 0, end: int = 0) -> None:
        self.at = at
        self.end = end
        self.lost = False
        self.silent = False

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset([PARTITION])

    def highwater(self, _: TopicPartition) -> int:
        return self.end

    async def position(self, _: TopicPartition) -> int:
        if self.lost:
            raise IllegalStateError("not assigned")
        if self.silent:
            await asyncio.Event().wait()
        return self.at


def subscription(client: Client | None, **processor: Any) -> Any:
    state = {"halted": False, "last_activity": 0.0, **processor}
    return SimpleNamespace(
        client=client,
        running=True,
        processor=SimpleNamespace(**state),
        consumer=SimpleNamespace(name="reader:journal.notes.v1"),
    )


def liveness(watched: Any) -> Liveness:
    return Liveness([cast("Subscription", watched)], {}, {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("time.monotonic", lambda: clock.now)
    return clock


async def test_a_consumer_with_nothing_to_do_is_alive(clock: Any) -> None:
    live = liveness(subscription(Client(at=5, end=5)))
    for _ in range(3):
        assert await live.problems() == []
        clock.now += 1000


async def test_waiting_records_that_do_not_move_are_a_problem(clock: Any) -> None:
    client = Client(at=5, end=9)
    live = liveness(subscription(client))
    assert await live.problems() == []
    clock.now += 91
    assert await live.problems() == [
        "reader:journal.notes.v1: records wait and none was handled for 90 s"
    ]
    client.at = 6
    assert await live.problems() == []


async def test_a_record_that_is_being_retried_is_no_standstill(clock: Any) -> None:
    watched = subscription(Client(at=5, end=9))
    live = liveness(watched)
    assert await live.problems() == []
    clock.now += 91
    watched.processor.last_activity = clock.now - 1
    assert await live.problems() == []


async def test_a_position_that_kafka_does_not_tell_is_not_waited_for() -> None:
    client = Client()
    client.silent = True
    async with asyncio.timeout(10):
        assert await liveness(subscription(client)).problems() == []


async def test_a_partition_that_is_taken_away_meanwhile_does_not_matter() -> None:
    client = Client()
    client.lost = True
    assert await liveness(subscription(client)).problems() == []


async def test_a_halted_consumer_and_an_ended_task_are_named() -> None:
    async def end() -> None: ...

    task = asyncio.create_task(end())
    await task
    live = Liveness([subscription(Client(), halted=True)], {"outbox relay": task}, {})
    assert await live.problems() == [
        "outbox relay: ended",
        "reader:journal.notes.v1: halted after too many dead letters in a row",
    ]


async def test_a_task_that_makes_no_turn_is_named(clock: Any) -> None:
    began = clock.now
    live = Liveness([], {}, {"outbox relay": lambda: began})
    clock.now += 299
    assert await live.problems() == []
    clock.now += 2
    assert await live.problems() == ["outbox relay: no turn for 300 s"]


async def test_readiness_names_what_does_not_answer_by_its_error_alone() -> None:
    async def answers() -> None: ...

    async def refuses() -> None:
        raise ConnectionRefusedError("10.1.2.3")

    ready = Readiness({"postgres": answers, "kafka": refuses})
    assert await ready.problems() == ["kafka: ConnectionRefusedError"]
