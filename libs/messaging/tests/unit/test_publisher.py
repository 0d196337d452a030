"""One topic that cannot be sent to stops alone, and nothing is sent twice because of it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from messaging import backoff, publisher
from messaging.clients import KafkaProducer
from messaging.publisher import Publisher, Row

pytestmark = pytest.mark.unit

Send = Callable[[], Any]


class Producer:
    """Acknowledges every record at once, but for those of the topic `bad`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.stopped = False

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self.stopped = True

    async def send(
        self, topic: str, value: bytes | None, *, key: bytes, headers: Any
    ) -> asyncio.Future[Any]:
        del value, headers
        if topic == "bad":
            await self.meet_the_bad_topic()
        self.sent.append((topic, key))
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.answer(future, topic)
        return future

    async def meet_the_bad_topic(self) -> None: ...

    def answer(self, future: asyncio.Future[Any], topic: str) -> None:
        del topic
        future.set_result(None)


class Unauthorized(Producer):
    async def meet_the_bad_topic(self) -> None:
        raise TopicAuthorizationFailedError("bad")


class Broken(Producer):
    async def meet_the_bad_topic(self) -> None:
        raise KafkaError("Unexpected error during batch delivery")


class Gone(Producer):
    async def meet_the_bad_topic(self) -> None:
        await asyncio.Event().wait()


class Refused(Producer):
    def answer(self, future: asyncio.Future[Any], topic: str) -> None:
        if topic == "bad":
            future.set_exception(KafkaError())
        else:
            future.set_result(None)


class Silent(Producer):
    def __init__(self) -> None:
        super().__init__()
        self.unanswered: list[asyncio.Future[Any]] = []

    def answer(self, future: asyncio.Future[Any], topic: str) -> None:
        if topic == "bad":
            self.unanswered.append(future)
        else:
            future.set_result(None)


def rows(*told: str) -> Sequence[Row]:
    """Return rows with ids from 1, each told as `<topic> <key>`."""
    pairs = (it.split() for it in told)
    return [
        Row(number, topic, key.encode(), [], b"", datetime.now(UTC))
        for number, (topic, key) in enumerate(pairs, start=1)
    ]


MIXED = rows("good a", "bad b", "good c", "bad b", "good a")


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_time(_: int) -> float:
        return 0

    monkeypatch.setattr(publisher, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(backoff, "seconds_after", no_time)


@pytest.mark.parametrize("kind", [Unauthorized, Broken, Gone, Refused, Silent])
async def test_the_other_topics_are_published(kind: type[Producer]) -> None:
    producer = kind()
    publishing = Publisher(lambda: cast("KafkaProducer", producer))
    assert await publishing.publish(MIXED) == [1, 3, 5]
    assert [sent for sent in producer.sent if sent[0] == "good"] == [
        ("good", b"a"),
        ("good", b"c"),
        ("good", b"a"),
    ]


@pytest.mark.parametrize(
    ("kind", "replaced"),
    [(Unauthorized, False), (Gone, False), (Silent, False), (Broken, True), (Refused, True)],
)
async def test_a_producer_is_replaced_only_when_it_may_be_unusable(
    kind: type[Producer], replaced: bool
) -> None:
    made: list[Producer] = [kind(), Producer()]
    following = iter(made)
    publishing = Publisher(lambda: cast("KafkaProducer", next(following)))
    await publishing.publish(MIXED)
    assert made[0].stopped == replaced
    if replaced:
        assert await publishing.publish(rows("bad b", "good c")) == [1, 2]
        assert made[1].sent == [("bad", b"b"), ("good", b"c")]


async def test_what_was_sent_and_not_acknowledged_is_not_sent_again() -> None:
    producer = Silent()
    publishing = Publisher(lambda: cast("KafkaProducer", producer))
    acknowledged = await publishing.publish(MIXED)
    publishing.forget(acknowledged)
    for future in producer.unanswered:
        future.set_result(None)
    assert await publishing.publish([MIXED[1], MIXED[3]]) == [2, 4]
    assert producer.sent.count(("bad", b"b")) == 2


async def test_a_key_stops_at_its_first_row_that_is_not_acknowledged() -> None:
    producer = Silent()
    publishing = Publisher(lambda: cast("KafkaProducer", producer))
    told = rows("bad a", "bad b", "bad a")
    sending = asyncio.create_task(publishing.publish(told))
    await asyncio.sleep(0.01)
    assert len(producer.unanswered) == 3
    for future in producer.unanswered[1:]:
        future.set_result(None)
    assert await sending == [2]


async def test_a_topic_is_passed_over_until_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[int] = []

    def note(failures: int) -> float:
        waits.append(failures)
        return 3600 if failures == 2 else 0

    monkeypatch.setattr(backoff, "seconds_after", note)
    producer = Unauthorized()
    publishing = Publisher(lambda: cast("KafkaProducer", producer))
    await publishing.publish(MIXED)
    assert list(publishing.stopped) == []
    await publishing.publish(MIXED)
    assert list(publishing.stopped) == ["bad"]
    assert waits == [1, 2]
