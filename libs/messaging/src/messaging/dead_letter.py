"""Dead letters: records that can never be handled leave the partition, and nothing is lost.

A dead letter is the original record, byte for byte, with `x-dead-letter-*` headers that say
where it came from and why. The reason never quotes the content.
"""

import logging
from datetime import UTC, datetime

from entente_contracts.topics import dead_letter

from messaging import telemetry
from messaging.clients import KafkaProducer, Record, RecordHeaders
from messaging.consumer import Consumer
from messaging.delivery import REDRIVEN_HEADER

_logger = logging.getLogger(__name__)

HEADER_PREFIX = "x-dead-letter-"


class TooManyDeadLettersError(Exception):
    """So many records in a row could not be handled that the fault must be ours."""


class DeadLetters:
    """Moves a consumer's unreadable or failing records to `<topic>.<group>.dlq`."""

    def __init__(self, consumer: Consumer, producer: KafkaProducer) -> None:
        self._topic = dead_letter(consumer.topic, consumer.group)
        self._group = consumer.group
        self._most_in_a_row = consumer.max_dead_letters_in_a_row
        self._producer = producer
        self._in_a_row = 0

    @property
    def exhausted(self) -> bool:
        """Whether the limit of consecutive dead letters is reached: stop and page someone."""
        return self._in_a_row >= self._most_in_a_row

    def handled(self) -> None:
        """Note that a record was handled: dead letters are no longer consecutive."""
        self._in_a_row = 0

    async def add(self, record: Record, *, reason: str, detail: str, attempts: int) -> None:
        """Publish the record to the dead-letter topic and wait for the acknowledgement."""
        about = {
            "reason": reason,
            "detail": detail[:1000],
            "attempts": str(attempts),
            "group": self._group,
            "topic": record.topic,
            "partition": str(record.partition),
            "offset": str(record.offset),
            "timestamp": str(record.timestamp),
            "at": datetime.now(UTC).isoformat(),
        }
        await self._producer.send_and_wait(
            self._topic.name,
            record.value,
            key=record.key,
            headers=[
                *original_headers(record.headers),
                *((HEADER_PREFIX + name, value.encode()) for name, value in about.items()),
            ],
        )
        self._in_a_row += 1
        telemetry.dead_letters.add(
            1,
            {
                "messaging.destination.name": record.topic,
                "messaging.consumer.group.name": self._group,
                "entente.reason": reason,
            },
        )
        _logger.error(
            "dead letter",
            extra={
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
                "group": self._group,
                "reason": reason,
                "detail": detail[:1000],
            },
        )


def original_headers(headers: RecordHeaders) -> list[tuple[str, bytes]]:
    """Return the headers a record had before it became a dead letter or was redriven."""
    return [
        (name, value)
        for name, value in headers
        if not name.startswith(HEADER_PREFIX) and name != REDRIVEN_HEADER
    ]
