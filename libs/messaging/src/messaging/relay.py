"""The relay: publishes outbox rows to Kafka in id order and deletes them once acknowledged.

Any number of relays may run; a transaction-scoped advisory lock lets one work at a time. A crash
between acknowledgement and delete publishes rows again: consumers drop the copy by its ce_id.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation
from pydantic_core import from_json
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import failpoints, telemetry
from messaging.clients import KafkaProducer, RecordHeaders
from messaging.doorbell import Doorbell
from messaging.logs import type_name
from messaging.settings import PostgresSettings
from messaging.tables import outbox

_logger = logging.getLogger(__name__)
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('entente.outbox', 0))")
# Each batch waits once for Kafka and once for PostgreSQL: many rows share that.
_ROWS_IN_A_BATCH = 2_000
# Read through the driver: rows pass here by the thousand, and nothing but bytes is made of them.
_BATCH = """
SELECT id, topic, key, headers::text, payload, created_at FROM outbox ORDER BY id LIMIT $1
"""
_DELETE = "DELETE FROM outbox WHERE id = ANY ($1::bigint[])"
# In the order of the index: the table is mostly room of rows that are gone, and reading all of it
# took up to 70 ms.
_WAITING = select(outbox.c.created_at).order_by(outbox.c.id).subquery()
_BACKLOG = select(func.count(), func.min(_WAITING.c.created_at)).select_from(_WAITING)

# A send does not wait, so the producer would transmit nothing, and nobody else have a turn, until
# all are made.
_SENDS_AT_A_STRETCH = 100

POLL_SECONDS = 1.0
_SHORTEST_PAUSE_SECONDS = 0.002
PUBLISH_SECONDS = 10.0


class NotAcknowledgedError(Exception):
    """Kafka did not acknowledge in time; the rows stay and are waited for again."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the outbox."""

    pending: int
    oldest_seconds: float


class _Look(Enum):
    """What came of looking for rows."""

    PUBLISHED = "there may be more"
    NOTHING = "the outbox is empty"
    NOT_OURS = "another relay is at work"


class _Row(NamedTuple):
    """An event as it waits, its key and headers as Kafka takes them."""

    id: int
    topic: str
    key: bytes
    headers: RecordHeaders
    payload: bytes | None
    created_at: datetime


class OutboxRelay:
    """Publishes one service's outbox until cancelled."""

    def __init__(
        self,
        engine: AsyncEngine,
        postgres: PostgresSettings,
        new_producer: Callable[[], KafkaProducer],
    ) -> None:
        self._engine = engine
        self._new_producer = new_producer
        self._producer: KafkaProducer | None = None
        self._doorbell = Doorbell(postgres)
        self._in_flight: dict[int, asyncio.Future[Any]] = {}
        self._backlog = Backlog(0, 0.0)
        self._observe_backlog()

    async def run(self) -> None:
        """Publish until cancelled; failures are logged and retried."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._doorbell.run())
                tasks.create_task(self._watch_backlog())
                tasks.create_task(self._publish_for_ever())
        finally:
            await self._discard_producer()

    async def backlog(self) -> Backlog:
        """Count what waits, and say how long the oldest row has waited."""
        async with self._engine.connect() as connection:
            pending, oldest = (await connection.execute(_BACKLOG)).one()
        age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
        return Backlog(pending, max(0.0, age))

    async def _publish_for_ever(self) -> None:
        failures = 0
        pause = _SHORTEST_PAUSE_SECONDS
        last = _Look.NOTHING
        while True:
            self._doorbell.clear()
            try:
                look = await self._publish_batch()
                failures = 0
            except Exception as error:  # the rows stay and are tried again
                failures += 1
                _logger.warning(
                    "outbox not published, will retry: %s", type_name(error), exc_info=error
                )
                await asyncio.sleep(min(5.0, 0.1 * 2**failures))
                continue
            if look is _Look.PUBLISHED:
                pause = _SHORTEST_PAUSE_SECONDS
                if last is _Look.PUBLISHED:  # a lone event is not worth the way to the switch
                    await self._doorbell.switch_off()
            elif look is _Look.NOT_OURS:
                await self._doorbell.switch_off()
                await self._doorbell.wait(POLL_SECONDS)
            elif self._doorbell.is_on:
                await self._doorbell.wait(POLL_SECONDS)
            elif not await self._doorbell.switch_on():
                await self._doorbell.wait(pause)
                pause = min(POLL_SECONDS, 2 * pause)
            last = look

    async def _publish_batch(self) -> _Look:
        """Look for rows and publish a batch of them."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(_TRY_LOCK)).scalar_one():
                return _Look.NOT_OURS
            rows = await _batch(connection)
            if not rows:
                return _Look.NOTHING
            self._forget_rows_before(rows[0].id)
            acknowledged = await self._send(rows)
            await failpoints.reach("relay.after_send")
            await _delete(connection, acknowledged)
        for row_id in acknowledged:
            self._in_flight.pop(row_id, None)
        if len(acknowledged) < len(rows):
            raise NotAcknowledgedError(
                f"{len(rows) - len(acknowledged)} of {len(rows)} rows not acknowledged"
            )
        return _Look.PUBLISHED

    async def _send(self, rows: Sequence[_Row]) -> list[int]:
        """Hand each row to the producer once; return those acknowledged in time.

        A row that stays unacknowledged past the time limit keeps its place in the producer: the
        next batch waits for the same send instead of making a second copy.
        """
        producer = await self._started_producer()
        fresh = [row for row in rows if row.id not in self._in_flight]
        with _sending(fresh), contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PUBLISH_SECONDS):
                for number, row in enumerate(fresh, start=1):
                    self._in_flight[row.id] = await producer.send(
                        row.topic, row.payload, key=row.key, headers=row.headers
                    )
                    if number % _SENDS_AT_A_STRETCH == 0:
                        await asyncio.sleep(0)
                await asyncio.wait([self._in_flight[row.id] for row in rows])
        return await self._acknowledged(rows)

    async def _acknowledged(self, rows: Sequence[_Row]) -> list[int]:
        """Return the rows to delete; a key stops at its first row that is not acknowledged."""
        acknowledged: list[int] = []
        by_topic: Counter[str] = Counter()
        stopped: set[tuple[str, bytes]] = set()
        refused: BaseException | None = None
        for row in rows:
            future = self._in_flight.get(row.id)
            if future is None or not future.done() or future.cancelled():
                stopped.add((row.topic, row.key))
            elif error := future.exception():
                refused = error
                stopped.add((row.topic, row.key))
            elif (row.topic, row.key) not in stopped:
                acknowledged.append(row.id)
                by_topic[row.topic] += 1
        for topic, number in by_topic.items():
            telemetry.sent_messages.add(number, {"messaging.destination.name": topic})
        if refused is not None:
            _logger.error("Kafka refused an event: %s", type_name(refused), exc_info=refused)
            await self._discard_producer()
        return acknowledged

    def _forget_rows_before(self, first_id: int) -> None:
        """Another relay published them meanwhile."""
        for row_id in [known for known in self._in_flight if known < first_id]:
            del self._in_flight[row_id]

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

    async def _discard_producer(self) -> None:
        """Let a new producer send: a refusal may leave an idempotent one unusable."""
        producer, self._producer = self._producer, None
        self._in_flight.clear()
        if producer is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await producer.stop()

    async def _watch_backlog(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                self._backlog = await self.backlog()
            await asyncio.sleep(5)

    def _observe_backlog(self) -> None:
        meter = metrics.get_meter("entente.messaging")

        def pending(_: CallbackOptions) -> Iterable[Observation]:
            yield Observation(self._backlog.pending)

        def oldest(_: CallbackOptions) -> Iterable[Observation]:
            yield Observation(self._backlog.oldest_seconds)

        meter.create_observable_gauge("entente.outbox.pending", [pending], unit="{message}")
        meter.create_observable_gauge("entente.outbox.oldest_age", [oldest], unit="s")


async def _batch(connection: AsyncConnection) -> Sequence[_Row]:
    driver = await _driver(connection)
    return [_row(record) for record in await driver.fetch(_BATCH, _ROWS_IN_A_BATCH)]


def _row(record: Any) -> _Row:
    row_id, topic, key, stored, payload, created_at = record
    headers: Mapping[str, str] = from_json(stored, cache_strings="keys")
    sent = [(name, value.encode()) for name, value in headers.items()]
    return _Row(row_id, topic, key.encode(), sent, payload, created_at)


async def _delete(connection: AsyncConnection, ids: Sequence[int]) -> None:
    if ids:
        await (await _driver(connection)).execute(_DELETE, list(ids))


async def _driver(connection: AsyncConnection) -> Any:
    """Return the driver's connection, in the transaction that SQLAlchemy has begun on it."""
    return (await connection.get_raw_connection()).driver_connection


@contextlib.contextmanager
def _sending(fresh: Sequence[_Row]) -> Generator[None]:
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
