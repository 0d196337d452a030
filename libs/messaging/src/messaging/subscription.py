"""Ties a consumer to Kafka through FastStream: fetch, process, commit; rewind what is not done."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage  # noqa: TID251  # as a type
from faststream.message import AckStatus

from messaging import backoff
from messaging.assignment import Assignment, Assignments
from messaging.broker import consumer_options
from messaging.clients import KafkaConsumer, Record
from messaging.consumer import Consumer
from messaging.dead_letter import TooManyDeadLettersError
from messaging.logs import type_name
from messaging.processing import RecordProcessor
from messaging.settings import KafkaSettings
from messaging.telemetry import Processing

_logger = logging.getLogger(__name__)

_TAKEN_ALONG = 100


class Subscription:
    """A consumer that runs from its start until the broker, which is started before, stops.

    FastStream waits for one record; what the client has fetched beyond it is taken along, so a
    lone record is handled at once (or once it has gathered others, where the consumer says so) and
    a backlog in batches, with one offset commit for all.
    """

    def __init__(
        self,
        broker: KafkaBroker,
        processor: RecordProcessor,
        *,
        processing: Processing,
        kafka: KafkaSettings,
    ) -> None:
        self.processor = processor
        self._processing = processing
        self._assignments = Assignments()
        self._ended = asyncio.Event()
        self._failures_in_a_row = 0
        self._subscriber: Any = broker.subscriber(
            *self.consumer.subscribed,
            group_id=self.consumer.group,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            parser=_keep_record,
            decoder=_whole_message,
            listener=self._assignments,
            **consumer_options(kafka, topic=self.consumer.topic.name),
        )
        self._subscriber(self._on_message)  # pyright: ignore[reportUnknownMemberType]  # untyped

    @property
    def consumer(self) -> Consumer:
        """What is consumed, and how."""
        return self.processor.consumer

    @property
    def client(self) -> KafkaConsumer | None:
        """The Kafka client of this subscription, once started."""
        client: KafkaConsumer | None = self._subscriber.consumer
        return client

    @property
    def running(self) -> bool:
        """Whether FastStream's loop runs."""
        return bool(self._subscriber.running)

    async def start(self) -> None:
        """Consume; returns when the group has assigned partitions."""
        await self._subscriber.start()

    def end(self) -> None:
        """Finish what is in hand, and begin nothing more."""
        self._assignments.end()
        self._ended.set()

    async def _on_message(self, message: KafkaMessage) -> None:
        client = cast("KafkaConsumer", message.consumer)
        async with self._assignments.in_hand() as assignment:
            first = cast("Record", message.raw_message)
            records = [first, *await self._fetched(client, assignment)]
            progress = await self.processor.process(records, assignment.ending)
            if not assignment.over:
                _rewind(client, records[progress.done :])
                if progress.done:
                    await self._commit(client, assignment)
        if progress.failure is None:
            self._failures_in_a_row = 0
        else:
            await self._on_failure(progress.failure, assignment)
        message.committed = AckStatus.ACKED  # or FastStream would commit once more

    async def _on_failure(self, failure: Exception, assignment: Assignment) -> None:
        """Keep records that failed from coming again at once, for as long as they are ours."""
        about = {"topic": self.consumer.topic.name, "group": self.consumer.group}
        if isinstance(failure, TooManyDeadLettersError):
            _logger.critical("consumer halted: too many dead letters in a row", extra=about)
            await self._ended.wait()
        else:
            _logger.error(
                "records not handled, they will come again: %s",
                type_name(failure),
                extra=about,
                exc_info=failure,
            )
            self._failures_in_a_row += 1
            await backoff.pause(self._failures_in_a_row, assignment.ending)

    async def _fetched(self, client: KafkaConsumer, assignment: Assignment) -> list[Record]:
        if self.consumer.gathering_seconds:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.consumer.gathering_seconds):
                    await assignment.ending.wait()
        if assignment.ending.is_set():
            return []  # or the client would wait for its next assignment, which waits for us
        try:
            batches = await client.getmany(
                timeout_ms=0, max_records=max(_TAKEN_ALONG, self.consumer.batch_size) - 1
            )
        except KafkaError as error:  # of another partition, perhaps: the record in hand is handled
            _logger.warning("nothing fetched beyond one record: %s", type_name(error))
            return []
        return [record for batch in batches.values() for record in batch]

    async def _commit(self, client: KafkaConsumer, assignment: Assignment) -> None:
        """Commit the positions; a failure only means that the records come again as duplicates.

        aiokafka tries for ever, and in the name of whatever generation it belongs to by then.
        """
        with self._processing.committing(self.consumer.topic.name):
            try:
                async with assignment.until_over():
                    await client.commit()
            except (KafkaError, TimeoutError) as error:
                _logger.warning("offsets not committed: %s", type_name(error), exc_info=error)


def _rewind(client: KafkaConsumer, records: Sequence[Record]) -> None:
    """Fetch these records again; those already applied are known to the inbox."""
    assigned = client.assignment()
    for partition, offset in _first_offsets(records):
        if partition in assigned:
            client.seek(partition, offset)


def _first_offsets(records: Iterable[Record]) -> Iterable[tuple[TopicPartition, int]]:
    first: dict[TopicPartition, int] = {}
    for record in records:
        partition = TopicPartition(record.topic, record.partition)
        first[partition] = min(record.offset, first.get(partition, record.offset))
    return first.items()


async def _keep_record(record: Record, original: Any) -> KafkaMessage:
    """Parse without looking at value or headers: whatever they hold, the record reaches us."""
    message: KafkaMessage = await original(replace(record, value=b"", headers=()))
    message.raw_message = record
    return message


async def _whole_message(message: KafkaMessage) -> KafkaMessage:
    return message
