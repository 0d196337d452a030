"""Reads back what an arm has published."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251  # reads as an outsider would
from messaging.clients import Record

_FETCH_MILLISECONDS = 200


class TopicReader:
    """Returns a topic's records in pieces, each record once.

    It connects for each piece: an idle client would prefetch while an arm is timed.
    """

    def __init__(self, bootstrap_servers: str, topic: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic = topic
        self._next: dict[TopicPartition, int] = {}

    async def read_to_end(self) -> Mapping[str, Sequence[Record]]:
        """Return the records since the last call, by key, in their order."""
        client: Any = AIOKafkaConsumer(
            self._topic, bootstrap_servers=self._bootstrap_servers, auto_offset_reset="earliest"
        )
        await client.start()
        try:
            for partition, offset in self._next.items():
                client.seek(partition, offset)
            ends: dict[TopicPartition, int] = await client.end_offsets(list(client.assignment()))
            records: dict[str, list[Record]] = {}
            while any([await client.position(p) < end for p, end in ends.items()]):
                fetched = await client.getmany(timeout_ms=_FETCH_MILLISECONDS)
                for record in (r for batch in fetched.values() for r in batch):
                    records.setdefault(record.key.decode(), []).append(record)
            self._next = ends
        finally:
            await client.stop()
        return records
