"""Everything that was published, as an outsider would read it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from aiokafka import AIOKafkaConsumer  # noqa: TID251 - reads as an outsider would
from connector.subscriptions import PUBLISHES
from entente_contracts import CalendarChanged, Envelope, Message, decode, topics
from entente_contracts.busy import BusyState

M = TypeVar("M", bound=Message)
PUBLISHED = PUBLISHES
"""What the connector writes."""

_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Published:
    """A record; `message` is None for a tombstone."""

    topic: str
    key: str
    envelope: Envelope
    message: Message | None
    raw: bytes


@dataclass
class KafkaLog:
    """The records read so far, in the order of each partition."""

    records: list[Published] = field(default_factory=list[Published])
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, found: Callable[[], bool]) -> None:
        """Wait until the records satisfy a condition."""
        async with asyncio.timeout(_PATIENCE_SECONDS), self._news:
            await self._news.wait_for(found)

    def of(self, kind: type[M], calendar_id: UUID | str) -> list[M]:
        """Return the messages of one type about one calendar, oldest first."""
        return [
            record.message
            for record in self.records
            if isinstance(record.message, kind) and record.envelope.subject == str(calendar_id)
        ]

    def months(self, calendar_id: UUID | str) -> dict[str, CalendarChanged | None]:
        """Return what a reader that replays the compacted topic knows of a calendar."""
        known: dict[str, CalendarChanged | None] = {}
        for record in self.records:
            if record.topic != topics.CALENDAR_BUSY.name:
                continue
            calendar, _, month = record.key.partition(":")
            if calendar == str(calendar_id) and month != "as-of":
                changed = record.message
                known[month] = changed if isinstance(changed, CalendarChanged) else None
        return known

    def busy(
        self, calendar_id: UUID | str, *, state: BusyState | None = None
    ) -> set[tuple[str, str]]:
        """Return a calendar's timed busy time, of one state or any, as pairs of ISO texts."""
        return {
            (f"{busy.start:%Y-%m-%dT%H:%M}", f"{busy.end:%Y-%m-%dT%H:%M}")
            for month in self.months(calendar_id).values()
            for busy in (month.occurrences if month else ())
            if busy.kind == "timed" and state in (None, busy.state)
        }

    async def read(self, client: Any) -> None:
        """Collect records until cancelled."""
        async for record in client:
            try:
                envelope = Envelope.from_headers(record.headers)
                message = decode(envelope.type, record.value) if record.value is not None else None
            except (ValueError, LookupError):
                continue  # other tests on this broker publish what nobody can read
            published = Published(
                record.topic, record.key.decode(), envelope, message, record.value or b""
            )
            async with self._news:
                self.records.append(published)
                self._news.notify_all()


@asynccontextmanager
async def kafka_log(bootstrap_servers: str) -> AsyncGenerator[KafkaLog]:
    """Follow all topics of the contracts from their beginning."""
    client: Any = AIOKafkaConsumer(
        *(topic.name for topic in PUBLISHED),
        bootstrap_servers=bootstrap_servers,
        auto_offset_reset="earliest",
        metadata_max_age_ms=1000,
    )
    log = KafkaLog()
    await client.start()
    reading = asyncio.create_task(log.read(client))
    try:
        yield log
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        await client.stop()
