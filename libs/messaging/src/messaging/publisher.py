"""Hands events to Kafka, each once, and tells which of them are acknowledged.

A topic that cannot be sent to, because it is gone or our right to it is, stops alone.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aiokafka.errors import (
    InvalidTopicError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from messaging import telemetry
from messaging.clients import KafkaProducer, RecordHeaders
from messaging.logs import type_name
from messaging.stopped_topics import StoppedTopics

_logger = logging.getLogger(__name__)

# A send does not wait, so the producer would transmit nothing, and nobody else have a turn, until
# all are made.
_SENDS_AT_A_STRETCH = 100

# So long, a topic that does not answer keeps the others from their next batch.
PATIENCE_SECONDS = 1.0
_STOP_SECONDS = 10.0

# What a send raises while nothing is wrong with the producer.
_OF_THE_TOPIC_ALONE = (
    InvalidTopicError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)


class NotAcknowledgedError(Exception):
    """Kafka acknowledged nothing in time; what was sent keeps its place and is waited for again."""


class Row(NamedTuple):
    """An event as it waits, its key and headers as Kafka takes them."""

    id: int
    topic: str
    key: bytes
    headers: RecordHeaders
    payload: bytes | None
    created_at: datetime


class _Outcome(NamedTuple):
    """What came of the rows of one topic; `spoilt` is a producer that may be unusable."""

    acknowledged: Sequence[int]
    failure: BaseException | None
    spoilt: bool


class Publisher:
    """Sends rows by a producer of its own."""

    def __init__(self, new_producer: Callable[[], KafkaProducer]) -> None:
        self._new_producer = new_producer
        self._producer: KafkaProducer | None = None
        self._in_flight: dict[int, asyncio.Future[Any]] = {}
        self._stopped = StoppedTopics()

    @property
    def stopped(self) -> Sequence[str]:
        """The topics whose rows are to be passed over for now."""
        return self._stopped.now()

    async def publish(self, rows: Sequence[Row]) -> Sequence[int]:
        """Send rows, each topic's in their order; return the ids of those acknowledged in time.

        A topic stops at its first row that cannot be sent, a key at its first that is not
        acknowledged. What is sent keeps its place in the producer: the next batch that has the row
        waits for the same send instead of making a second copy.
        """
        producer = await self._started_producer()
        by_topic: Mapping[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_topic[row.topic].append(row)
        with _sending([row for row in rows if row.id not in self._in_flight]):
            async with asyncio.TaskGroup() as tasks:
                sends = [
                    tasks.create_task(self._send(producer, of_topic))
                    for of_topic in by_topic.values()
                ]
        outcomes = {topic: it.result() for topic, it in zip(by_topic, sends, strict=True)}
        for topic, outcome in outcomes.items():
            self._note(topic, outcome)
        if any(outcome.spoilt for outcome in outcomes.values()):
            await self.discard_producer()
        return [row_id for outcome in outcomes.values() for row_id in outcome.acknowledged]

    def forget(self, row_ids: Iterable[int]) -> None:
        """Keep nothing of rows that are deleted."""
        for row_id in row_ids:
            self._in_flight.pop(row_id, None)

    def forget_before(self, first_id: int) -> None:
        """Keep nothing of rows before the first there is: another relay published them."""
        self.forget([known for known in self._in_flight if known < first_id])

    async def discard_producer(self) -> None:
        """Let a new producer send: a refusal may leave an idempotent one unusable."""
        producer, self._producer = self._producer, None
        self._in_flight.clear()
        if producer is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(_STOP_SECONDS):
                    await producer.stop()

    async def _send(self, producer: KafkaProducer, rows: Sequence[Row]) -> _Outcome:
        """Hand each row of a topic to the producer once, and wait, but not for long."""
        failure: Exception | None = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                failure = await self._hand_over(producer, rows)
                sent = [self._in_flight[row.id] for row in rows if row.id in self._in_flight]
                if sent:
                    await asyncio.wait(sent)
        return self._outcome(rows, failure)

    async def _hand_over(self, producer: KafkaProducer, rows: Sequence[Row]) -> Exception | None:
        """Put rows in flight; return what kept the rest from it."""
        fresh = (row for row in rows if row.id not in self._in_flight)
        for number, row in enumerate(fresh, start=1):
            try:
                self._in_flight[row.id] = await producer.send(
                    row.topic, row.payload, key=row.key, headers=row.headers
                )
            except Exception as error:  # noqa: BLE001  # whatever it is, other topics go on
                return error
            if number % _SENDS_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return None

    def _outcome(self, rows: Sequence[Row], failure: BaseException | None) -> _Outcome:
        spoilt = failure is not None and not isinstance(failure, _OF_THE_TOPIC_ALONE)
        acknowledged: list[int] = []
        stopped: set[bytes] = set()
        for row in rows:
            future = self._in_flight.get(row.id)
            if future is None or not future.done():
                stopped.add(row.key)
            elif future.cancelled() or future.exception() is not None:
                failure, spoilt = _failure(future), True
                stopped.add(row.key)
            elif row.key not in stopped:
                acknowledged.append(row.id)
        if not acknowledged and failure is None:
            failure = NotAcknowledgedError(f"{len(rows)} rows")
        return _Outcome(acknowledged, failure, spoilt)

    def _note(self, topic: str, outcome: _Outcome) -> None:
        if outcome.acknowledged:
            telemetry.sent_messages.add(
                len(outcome.acknowledged), {"messaging.destination.name": topic}
            )
        if outcome.failure is None:
            self._stopped.go_on(topic)
            return
        self._stopped.stop(topic)
        _logger.warning(
            "topic not published to, will retry: %s",
            type_name(outcome.failure),
            extra={"topic": topic},
            exc_info=outcome.failure,
        )

    async def _started_producer(self) -> KafkaProducer:
        if self._producer is None:
            producer = self._new_producer()
            try:
                await producer.start()
            except BaseException:  # also when cancelled: a half-started producer holds connections
                await producer.stop()
                raise
            self._producer = producer
        return self._producer


def _failure(future: asyncio.Future[Any]) -> BaseException | None:
    return NotAcknowledgedError("cancelled") if future.cancelled() else future.exception()


@contextlib.contextmanager
def _sending(fresh: Sequence[Row]) -> Generator[None]:
    """Span around the publication of rows, one for each topic among them."""
    now = datetime.now(UTC)
    headers: dict[str, list[RecordHeaders]] = {}
    oldest: dict[str, datetime] = {}
    for row in fresh:
        headers.setdefault(row.topic, []).append(row.headers)
        oldest[row.topic] = min(row.created_at, oldest.get(row.topic, now))
    with contextlib.ExitStack() as spans:
        for topic, of_topic in headers.items():
            age = (now - oldest[topic]).total_seconds()
            spans.enter_context(telemetry.sending(topic, of_topic, age))
        yield
