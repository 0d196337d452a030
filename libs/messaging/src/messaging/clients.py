"""The parts of aiokafka that are used, with the types it does not declare."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from aiokafka import ConsumerRecord, TopicPartition

Record = ConsumerRecord[bytes | None, bytes | None]
RecordHeaders = Sequence[tuple[str, bytes]]


class KafkaProducer(Protocol):
    """A producer; both sends take the record's final bytes."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Send what is in flight and disconnect."""
        ...

    async def send(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        *,
        headers: RecordHeaders | None = None,
    ) -> asyncio.Future[Any]:
        """Put the record in flight; the future is its acknowledgement."""
        ...

    async def send_and_wait(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        *,
        headers: RecordHeaders | None = None,
    ) -> Any:
        """Send the record and wait for its acknowledgement."""
        ...


class KafkaConsumer(Protocol):
    """A member of a consumer group."""

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions that are this member's now."""
        ...

    def highwater(self, partition: TopicPartition) -> int | None:
        """Return the offset after the partition's last record, as far as it is known."""
        ...

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Fetch from this offset next."""
        ...

    async def position(self, partition: TopicPartition) -> int:
        """Return the offset that is fetched next."""
        ...

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Record]]:
        """Return what is fetched, waiting at most `timeout_ms` for the first record."""
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int] | None = None) -> None:
        """Commit these offsets for the group, or how far all its partitions were read."""
        ...


class KafkaReader(KafkaConsumer, Protocol):
    """A client that reads partitions it chose itself and keeps its place under a group's name."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        """Read these partitions."""
        ...

    async def committed(self, partition: TopicPartition) -> int | None:
        """Return the offset the group has committed, if any."""
        ...

    async def beginning_offsets(
        self, partitions: Sequence[TopicPartition]
    ) -> Mapping[TopicPartition, int]:
        """Return the offsets of the first records there are."""
        ...

    async def end_offsets(
        self, partitions: Sequence[TopicPartition]
    ) -> Mapping[TopicPartition, int]:
        """Return the offsets after the last records."""
        ...
